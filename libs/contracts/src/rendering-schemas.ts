import { z } from 'zod';
import { artefactRef, id, openEnum, sha256 } from './schemas';

const effect = z.enum(['high_pass', 'low_pass', 'gain', 'eq3', 'delay', 'reverb_ir']);

/** One position of a chain with everything resolved: the bytes by hash, the parameters with defaults filled in or not. */
export const renderBlock = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('capture'),
    role: z.enum(['pedal', 'amp', 'full_rig', 'post_effect']),
    file: artefactRef,
  }),
  z.strictObject({ kind: z.literal('ir'), role: z.literal('ir'), file: artefactRef }),
  z.strictObject({
    kind: z.literal('effect'),
    role: z.enum(['pedal', 'post_effect']),
    effect,
    params: z.record(z.string(), z.number()),
    /** The impulse response of `reverb_ir`. */
    file: artefactRef.optional(),
  }),
]);

export const renderTone = z.strictObject({
  toneId: id('ToneSelection'),
  label: z.string().min(1).max(80),
  blocks: z.array(renderBlock).min(1).max(12),
});

export const excerpt = z.strictObject({ startMs: z.int().min(0), endMs: z.int().min(1) });

/** Something the listener should know that stopped nothing (audio.md §5). */
export const renderWarning = z.strictObject({
  code: openEnum(['wav.truncated', 'wav.stereo_left', 'di.hot', 'tone.offset', 'level.low_target', 'set.mixed_engine']),
  toneId: id('ToneSelection').optional(),
});

/** One reason of a failed job; `blockIndex` counts from 0 in the tone's blocks. */
export const renderError = z.strictObject({
  code: z.string().max(100),
  detail: z.string().max(500).optional(),
  toneId: id('ToneSelection').optional(),
  blockIndex: z.int().min(0).optional(),
});

/** Where a tone stands; the stages of audio.md §8. */
export const renderStage = openEnum([
  'queued',
  'decode',
  'amp',
  'cab',
  'fx',
  'level',
  'encode',
  'done',
  'failed',
  'picture',
  'video',
]);

/** What is said about the sound of a tone, and what played its captures. */
export const toneWords = {
  /** Deterministic: equal metrics, equal text. */
  text: z.string().max(1000).optional(),
  engine: z.string().max(200).optional(),
  /** `fast`: an approximation of tanh that can be told from the exact one by measuring. */
  tanh: openEnum(['exact', 'fast']).optional(),
};

/** One levelled tone; loudness counts a mono file as two equal channels (dual mono). */
export const renderedTone = z.strictObject({
  toneId: id('ToneSelection'),
  /**
   * `listen` is FLAC 16-bit, of equal bytes for every tone of a set; `download` FLAC 24-bit of the same gain; `data` is
   * tone.json; `opus` saves data and is there for all tones or for none.
   */
  media: z.strictObject({
    listen: artefactRef,
    download: artefactRef,
    data: artefactRef.optional(),
    opus: artefactRef.optional(),
  }),
  frames: z.int().min(1),
  integratedLufs: z.number(),
  truePeakDbtp: z.number(),
  gainDb: z.number(),
  pcmSha256: sha256,
  /** Before the gain, and of the decoded listening file. */
  measures: z.strictObject({
    integratedLufs: z.number(),
    truePeakDbtp: z.number(),
    samplePeakDbfs: z.number(),
    encodedIntegratedLufs: z.number(),
    encodedTruePeakDbtp: z.number(),
  }),
  ...toneWords,
});

export const levelling = z.strictObject({ targetLufs: z.number(), limitedBy: id('ToneSelection').optional() });

/** Ids that change whenever a bit of the output could (audio.md §3). */
export const renderEngine = z.strictObject({ amp: z.string(), audio: z.string(), encoder: z.string() });

export const renderInput = z.strictObject({ kind: z.enum(['di', 'capture', 'ir']), sha256 });

/** What is made beside the sound of a finished set. */
export const enrichmentKind = z.enum(['montage', 'video', 'picture']);
export type EnrichmentKind = z.output<typeof enrichmentKind>;
/** Where a piece of the montage begins: whole milliseconds, a multiple of 100. */
const chapter = z.strictObject({ label: z.string().max(80), startMs: z.int().min(0) });
/** Ten minutes of windows of three seconds. */
export const chapters = z.array(chapter).max(200);

export const sourceFormat = z.strictObject({
  container: z.string().max(20),
  codec: z.string().max(40),
  sampleRate: z.int().min(1),
  channels: z.int().min(1),
  bits: z.int().min(0),
});

/** `integratedLufs` and the others are null for digital silence. */
export const diLevels = z.strictObject({
  integratedLufs: z.number().nullable(),
  rmsDbfs: z.number().nullable(),
  truePeakDbtp: z.number().nullable(),
  clippedSamples: z.int().min(0),
});
