import { z } from 'zod';
import { blockRole, exampleBlocks, signalBlock } from '../signal-chains/blocks';
import { levelling, renderEngine, renderInput, renderWarning, toneWords } from '../rendering-schemas';
import { id, sha256 } from '../schemas';
import { sample } from './context';

/** An opaque address of bytes: at least 128 random bits, base64url. */
export const mediaKey = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/, { error: 'invalid-type' });
export const mediaFile = z.strictObject({ mediaKey, sha256, bytes: z.int().min(0), mediaType: z.string().max(100) });

/** What a block was, copied when the run finished: the source rows may go. */
export const provenance = z.strictObject({
  role: blockRole,
  displayName: z.string().max(300),
  gearType: z.string().max(40),
  format: z.string().max(40),
  licence: z.string().max(60),
  attribution: z.string().max(1000).optional(),
  sha256,
});

export const manifestTone = z.strictObject({
  toneId: id('ToneSelection'),
  position: z.int().min(0),
  label: z.string(),
  chain: z.strictObject({ name: z.string(), blocks: z.array(signalBlock) }),
  provenance: z.array(provenance),
  /** `data` is tone.json: waveform, third-octave levels, loudness curves, metrics. */
  media: z.strictObject({
    listen: mediaFile,
    download: mediaFile,
    data: mediaFile.optional(),
    opus: mediaFile.optional(),
  }),
  frames: z.int().min(1),
  integratedLufs: z.number(),
  truePeakDbtp: z.number(),
  gainDb: z.number(),
  pcmSha256: sha256,
  ...toneWords,
});

export const manifestDi = z.strictObject({
  name: z.string(),
  guitar: z.string().optional(),
  pickup: z.string().optional(),
  tuning: z.string().optional(),
  durationMs: z.int(),
  frames: z.int(),
  sha256,
  waveform: mediaFile,
  download: mediaFile.optional(),
});

const warning = z.strictObject({ code: renderWarning.shape.code, toneId: id('ToneSelection').optional() });

/** The immutable record of one finished run; its canonical JSON (RFC 8785) hashes to manifestSha256. */
export const manifest = z.strictObject({
  schemaVersion: z.literal(1),
  shootoutId: id('Shootout'),
  manifestVersion: z.int().min(1),
  title: z.string(),
  description: z.string().optional(),
  excerpt: z.strictObject({ startMs: z.int(), endMs: z.int() }).optional(),
  inputGainDb: z.number(),
  di: manifestDi,
  tones: z.array(manifestTone).min(2).max(16),
  levelling,
  warnings: z.array(warning),
  engine: renderEngine,
  inputs: z.array(renderInput),
});
export type ManifestData = z.output<typeof manifest>;

const media = { ...sample.flac, mediaKey: sample.mediaKey };
const tone = (toneId: (typeof sample.tones)[number], position: number) => ({
  toneId,
  position,
  label: `Tone ${position + 1}`,
  chain: { name: 'Crunch', blocks: exampleBlocks },
  provenance: [
    {
      role: 'amp' as const,
      displayName: 'Quarryman 45',
      gearType: 'amp',
      format: 'nam',
      licence: 'cco',
      sha256: sample.json.sha256,
    },
  ],
  media: { listen: media, download: media },
  frames: 513_600,
  integratedLufs: -15.21,
  truePeakDbtp: -1.02,
  gainDb: 4.193,
  pcmSha256: sample.pcm.sha256,
});

export const exampleManifest = {
  schemaVersion: 1 as const,
  shootoutId: sample.shootout,
  manifestVersion: 1,
  title: 'Which cab?',
  inputGainDb: 0,
  di: {
    name: 'Riff in E',
    durationMs: 10_400,
    frames: 499_200,
    sha256: sample.pcm.sha256,
    waveform: { ...sample.json, mediaKey: sample.mediaKey },
  },
  tones: [tone(sample.tones[0], 0), tone(sample.tones[1], 1)],
  levelling: { targetLufs: -15.21, limitedBy: sample.tones[0] },
  warnings: [],
  engine: { amp: 'oracle:1', audio: 'audio:0.0.0:node24', encoder: 'ffmpeg:5.1' },
  inputs: [{ kind: 'di' as const, sha256: sample.pcm.sha256 }],
};
