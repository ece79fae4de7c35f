import type { PictureSet, Piece, WasmModule } from '@gts/audio';
import type { Kind } from '@gts/kernel';
import type { Capture, CutParams, SharePicture } from '../../application/ports';
import type { EffectName } from '../../domain/render-job';

/** What every thread has from its start: the compiled kernel. */
export type ThreadData = Readonly<{ kernel: WasmModule }>;

/**
 * With `y`, both lie in shared memory and have one length, and every thread on the task writes its chunks of `y`; without,
 * one thread plays it all and answers with memory of its own.
 */
export type CaptureTask = Readonly<{
  kind: 'capture';
  x: Float32Array;
  y?: Float32Array | undefined;
  chunkFrames: number;
}> &
  Capture;

/** What a worker thread can be asked; every signal is mono float32 at 48 kHz unless it says otherwise. */
export type Task =
  | (Readonly<{ kind: 'choose' }> & Capture)
  | CaptureTask
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
  | (Readonly<{ kind: 'cut'; x: Float32Array }> & CutParams)
  | Readonly<{ kind: 'timeline'; x: Float32Array; pieces: readonly Piece[] }>
  | Readonly<{ kind: 'pictures'; set: PictureSet; indexes: readonly number[] }>
  | Readonly<{ kind: 'share'; x: Float32Array; shown: SharePicture }>
  | Readonly<{ kind: 'verify'; flac: Uint8Array; mostFrames: number }>
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

/** The large part of a task, which its sender gives away; files of a chain stay, they may be cached by who sent them. */
export function movable(task: Task): Float32Array | Uint8Array | undefined {
  if ('x' in task) return task.x;
  if (task.kind === 'inspectWav') return task.bytes;
  return task.kind === 'inspect' ? task.audio.pcm : undefined;
}

/** Slots of the control block that the threads of one task share with the pool. */
export const CANCEL = 0;
/** How much is done, of `totalOf` the task: what moves while the work does. */
export const DONE = 1;
/** The chunk that nobody has taken yet. */
export const NEXT = 2;
/** Threads that shall go to other work before they take another chunk. */
export const LEAVE = 3;
/** Frames of finished chunks: who adds the last ones ends the task. */
export const FINISHED = 4;
export const CONTROL_SLOTS = 5;

/** How far a task is that one thread does alone. */
export const PERMILLE = 1000;
export const totalOf = (task: Task): number => (task.kind === 'capture' ? task.x.length : PERMILLE);
/** Parts that several threads may share. */
export const chunksOf = (task: Task): number =>
  task.kind === 'capture' ? Math.ceil(task.x.length / task.chunkFrames) : 1;

export type Request = Readonly<{ id: number; task: Task; control: Int32Array }>;
export type Fault = Readonly<{
  kind: Kind;
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>> | undefined;
}>;
/** `left`: other threads go on with it. `cancelled` and `crashed` are no errors of the input; the pool says what they mean. */
export type Response = Readonly<{ id: number }> & Outcome;
/** `cpuSeconds` of the thread, for this answer. */
export type Answer = Response & Readonly<{ cpuSeconds: number }>;
/** Shared bytes that are left to the collectors of every thread, where a task failed; otherwise they are used again. */
export const sharedLeft = (response: Response, task: Task): number =>
  'result' in response || 'left' in response || task.kind !== 'capture' || !task.y ? 0 : 2 * task.y.byteLength;
type Outcome =
  | Readonly<{ result: unknown }>
  | Readonly<{ left: true }>
  | Readonly<{ fault: Fault }>
  | Readonly<{ cancelled: true }>
  | Readonly<{ crashed: string }>;
