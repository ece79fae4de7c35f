import type { Id } from '@gts/kernel';

const uuid = <K extends string>(n: number) => `0199f0a1-2b3c-7d4e-8f50-0000000000${n}` as Id<K>;
const digest = (digit: string): string => digit.repeat(64);
const flac = (digit: string) => ({ sha256: digest(digit), bytes: 700_000, mediaType: 'audio/flac' });

const runId = uuid<'Run'>(10);
const shootoutId = uuid<'Shootout'>(11);
const toneId = uuid<'ToneSelection'>(12);
const otherToneId = uuid<'ToneSelection'>(13);
const chainRenderId = uuid<'ChainRender'>(14);
const diTrackId = uuid<'DITrack'>(15);
const wav = { sha256: digest('a'), bytes: 1_497_644, mediaType: 'audio/wav' };
const pcm = { sha256: digest('b'), bytes: 1_996_800, mediaType: 'audio/x-f32le' };
const capture = { kind: 'capture', role: 'amp', file: { ...wav, mediaType: 'application/json' } } as const;
const cab = { kind: 'ir', role: 'ir', file: wav } as const;
const gain = { kind: 'effect', role: 'pedal', effect: 'gain', params: { gainDb: 6 } } as const;

const measures = {
  integratedLufs: -19.4,
  truePeakDbtp: -4.1,
  samplePeakDbfs: -4.3,
  encodedIntegratedLufs: -15.21,
  encodedTruePeakDbtp: -1.02,
};
const rendered = (id: typeof toneId, digit: string) => ({
  toneId: id,
  media: { listen: flac(digit), download: flac('c') },
  frames: 513_600,
  integratedLufs: -15.21,
  truePeakDbtp: -1.02,
  gainDb: 4.193,
  pcmSha256: digest('d'),
  measures,
});

/** Typed samples that the definitions of this context share; a test parses each. */
export const example = {
  runId,
  shootoutId,
  toneId,
  chainRenderId,
  diTrackId,
  wav,
  renderShootout: {
    runId,
    shootoutId,
    renderVersion: 1,
    mode: 'render' as const,
    di: { audio: pcm, frames: 499_200 },
    inputGainDb: 0,
    tones: [
      { toneId, label: 'Quarryman', blocks: [capture, cab] },
      { toneId: otherToneId, label: 'Quarryman, pushed', blocks: [gain, capture, cab] },
    ],
  },
  completed: {
    runId,
    shootoutId,
    tones: [rendered(toneId, 'e'), rendered(otherToneId, 'f')],
    levelling: { targetLufs: -15.21, limitedBy: toneId },
    warnings: [],
    engine: { amp: 'oracle:1', audio: 'audio:0.0.0:node24', encoder: 'ffmpeg:5.1' },
    inputs: [{ kind: 'di' as const, sha256: pcm.sha256 }],
    rendered: 1,
    reused: 1,
  },
  enriched: {
    runId,
    kind: 'video' as const,
    ref: { sha256: digest('a'), bytes: 3_100_000, mediaType: 'video/mp4' },
    chapters: [
      { label: 'Quarryman', startMs: 0 },
      { label: 'Quarryman, pushed', startMs: 10_700 },
    ],
  },
  inspected: {
    diTrackId,
    audio: pcm,
    playback: flac('e'),
    waveform: { sha256: digest('f'), bytes: 3000, mediaType: 'application/json' },
    frames: 499_200,
    channel: 'left' as const,
    levels: { integratedLufs: -21.3, rmsDbfs: -23.01, truePeakDbtp: -6.7, clippedSamples: 0 },
    sourceFormat: { container: 'wav', codec: 'pcm_s24le', sampleRate: 48_000, channels: 1, bits: 24 },
    warnings: [],
  },
};
