import type { Kind } from '@gts/kernel';
import type { EffectName } from '../../domain/render-job';

/** What a worker thread can be asked; every signal is mono float32 at 48 kHz unless it says otherwise. */
export type Task =
  | Readonly<{ kind: 'capture'; file: Uint8Array; x: Float32Array }>
  | Readonly<{ kind: 'ir'; file: Uint8Array; x: Float32Array }>
  | Readonly<{
      kind: 'effect';
      effect: EffectName;
      params: Readonly<Record<string, number>>;
      file: Uint8Array | undefined;
      x: Float32Array;
    }>
  | Readonly<{
      kind: 'prepare';
      excerpt: Readonly<{ startMs: number; endMs: number }> | undefined;
      inputGainDb: number;
      x: Float32Array;
    }>
  | Readonly<{ kind: 'measure'; frames: number; x: Float32Array }>
  | Readonly<{ kind: 'onset'; x: Float32Array }>
  | Readonly<{ kind: 'master'; frames: number; gainDb: number; diOnsetMs: number | null; x: Float32Array }>
  | Readonly<{ kind: 'verify'; s16: Uint8Array }>
  | Readonly<{ kind: 'inspectWav'; bytes: Uint8Array; channel: Channel | undefined }>
  | Readonly<{ kind: 'inspect'; audio: Decoded; channel: Channel | undefined }>;
export type Channel = 'left' | 'right' | 'mix';
export type Decoded = Readonly<{
  /** Interleaved little-endian float32 at the file's own rate. */
  pcm: Uint8Array;
  channels: number;
  sampleRate: number;
  bits: number;
  codec: string;
  container: string;
}>;

/** Slots of the control block that a thread and its pool share. */
export const CANCEL = 0;
export const MOVES = 1;
export const PERMILLE = 2;
export const CONTROL_SLOTS = 4;

export type Request = Readonly<{ id: number; task: Task }>;
export type Fault = Readonly<{
  kind: Kind;
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>> | undefined;
}>;
/** `cancelled` and `crashed` are no errors of the input; the pool says what they mean. */
export type Response = Readonly<{ id: number }> &
  (
    | Readonly<{ result: unknown }>
    | Readonly<{ fault: Fault }>
    | Readonly<{ cancelled: true }>
    | Readonly<{ crashed: string }>
  );
