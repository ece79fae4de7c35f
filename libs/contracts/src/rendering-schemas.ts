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
export const renderStage = openEnum(['queued', 'decode', 'amp', 'cab', 'fx', 'level', 'encode', 'done', 'failed']);

/** One levelled tone; loudness counts a mono file as two equal channels (dual mono). */
export const renderedTone = z.strictObject({
  toneId: id('ToneSelection'),
  /** `listen` is FLAC 16-bit, `download` FLAC 24-bit of the same gain. */
  media: z.strictObject({ listen: artefactRef, download: artefactRef }),
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
});

export const levelling = z.strictObject({ targetLufs: z.number(), limitedBy: id('ToneSelection').optional() });

/** Ids that change whenever a bit of the output could (audio.md §3). */
export const renderEngine = z.strictObject({ amp: z.string(), audio: z.string(), encoder: z.string() });

export const renderInput = z.strictObject({ kind: z.enum(['di', 'capture', 'ir']), sha256 });

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
