import type { EffectName, EffectParams } from '@gts/audio/browser';

/** Where a file comes from: an address of this site, checked where its hash is known, or one that a person picked. */
export type Source = Readonly<{ url: string; sha256?: string }> | Readonly<{ file: Blob }>;
export type PreviewBlock =
  | Readonly<{ kind: 'capture' | 'ir'; source: Source }>
  | Readonly<{ kind: 'effect'; effect: EffectName; params?: EffectParams; source?: Source }>;

/** What to compute; a request with another id ends the one before it, between two blocks of samples. */
export type PreviewRequest = Readonly<{
  id: number;
  di: Source;
  /** Of the recording's beginning; the tail comes on top. */
  seconds: number;
  inputGainDb: number;
  blocks: readonly PreviewBlock[];
}>;
/** Ends whatever is computed. */
export type PreviewCancel = Readonly<{ id: number; cancel: true }>;

export type Ready = Readonly<{
  state: 'ready';
  /** Levelled as a set of two, of one length, mono 48 kHz; `before` is what was heard last, null at first. */
  now: Float32Array;
  before: Float32Array | null;
  targetLufs: number;
  gainDb: number;
  /** SHA-256 and frames of stage 5: little-endian float32, before framing and levelling. */
  sha256: string;
  frames: number;
  /** Stages that were computed; all others came from the cache. */
  computed: readonly string[];
  computeMs: number;
}>;
/** Why there is nothing to hear; `blockIndex` null is the recording. */
type Refusal = Readonly<{ blockIndex: number | null; code: string; detail: string }>;
export type PreviewNews =
  | Ready
  | Readonly<{ state: 'fetching' }>
  | Readonly<{ state: 'computing'; percent: number }>
  /** It would take longer than it sounds. The work goes on. */
  | Readonly<{ state: 'slow'; seconds: number }>
  | (Refusal & Readonly<{ state: 'forbidden' | 'unsupported' | 'refused' }>)
  | Readonly<{ state: 'cancelled' }>;
export type PreviewAnswer = Readonly<{ id: number }> & PreviewNews;
