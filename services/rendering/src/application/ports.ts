import type { Chapter, PictureSet, PictureTone, Piece, ToneAnalysis } from '@gts/audio';
import type { Context } from '@gts/kernel';
import type { AuditDone } from '@gts/messaging';
import type { Repositories } from '@gts/persistence';
import type { Outcome } from '@gts/saga';
import type { ChainRender } from '../domain/chain-render';
import type { InspectionEvent, RenderJobEvent } from '../domain/events';
import type { Inspection } from '../domain/inspection';
import type { QueueRow } from '../domain/queue';
import type { AmpUse, EffectName, FileRef, Op, RenderJob, Sound } from '../domain/render-job';

export type RenderJobs = Repositories<RenderJob, RenderJobEvent>;
export type ChainRenders = Repositories<ChainRender, never>;
export type Inspections = Repositories<Inspection, InspectionEvent>;

/** The unfinished runs of all workspaces; used inside units. */
export interface RenderQueue {
  put(ctx: Context, row: QueueRow): Promise<void>;
  remove(ctx: Context, runId: string): Promise<void>;
  all(ctx: Context): Promise<readonly QueueRow[]>;
}

/** The unit of `ctx`, or a new one, seen by another caller. */
export interface Units {
  as<R>(ctx: Context, caller: Partial<Context>, action: (ctx: Context) => Promise<R>): Promise<R>;
  afterCommit(ctx: Context, action: () => void): Promise<void>;
}

/** Writes down what an operator did and why, in the unit of the effect. */
export type Audit = (ctx: Context, done: AuditDone) => Promise<void>;

/** Ends the saga's step that a job answers. */
export type CompleteOp = (ctx: Context, op: Op, outcome: Outcome) => Promise<void>;

/** Work on a run under an epoch of its saga; what runs beside a finished set has epoch 0. */
export type WorkOf = Readonly<{ runId: string; epoch: number }>;
/** What runs in this replica; a cancel from any replica reaches it here within 0.2 s. */
export interface RunningWork {
  begin(work: WorkOf): Readonly<{ signal: AbortSignal; end(): void }>;
  /** Ends the work on a run up to that epoch, in every replica; what began under a later one goes on. */
  cancel(upTo: WorkOf): void;
}

/** Whether new work may start here: not while stopping, not on a full disk. @throws `store.full`, RENDERING.DRAINING */
export interface Admission {
  check(): void;
  readonly draining: boolean;
}

/** Mono float32 at 48 kHz with the hash of its bytes. The samples move: who passes them on does not read them again. */
export type Pcm = Readonly<{ samples: Float32Array; sha256: string }>;
export type RunOptions = Readonly<{ signal: AbortSignal; onProgress?: ((fraction: number) => void) | undefined }>;

/** A .nam file by the hash of its bytes. */
export type Capture = Readonly<{ sha256: string; file: Uint8Array }>;
/** The engine that plays a capture; its id changes whenever a bit of its output could. */
export type AmpChoice = Pick<AmpUse, 'engine' | 'tanh'> &
  Readonly<{
    /** It can start in the middle of a signal, so that several workers may share one. */
    divisible: boolean;
    /** Its rate is not 48 kHz: stage 3 is part of its sound. */
    resampled: boolean;
  }>;
export type PlayOptions = RunOptions & Readonly<{ choice: AmpChoice; whole?: boolean | undefined }>;

/** Plays PCM through a captured amplifier. */
export interface AmpEngine {
  /** Changes whenever a choice could. */
  readonly id: string;
  /** @throws `nam.*`, `engine.memory` */
  choose(capture: Capture, options: RunOptions): Promise<AmpChoice>;
  /** The same bytes whatever the workers are and however they share it. @throws `render.non_finite`, `engine.*` */
  render(capture: Capture, x: Float32Array, options: PlayOptions): Promise<Pcm>;
}

export type PrepareParams = Readonly<{
  excerpt?: Readonly<{ startMs: number; endMs: number }> | undefined;
  inputGainDb: number;
}>;
export type EffectCall = Readonly<{
  effect: EffectName;
  params: Readonly<Record<string, number>>;
  ir?: Uint8Array | undefined;
}>;

/** The stages that are arithmetic on PCM. */
export interface SoundProcessor {
  readonly id: string;
  prepare(x: Float32Array, params: PrepareParams, options: RunOptions): Promise<Pcm & { warnings: readonly string[] }>;
  convolve(ir: Uint8Array, x: Float32Array, options: RunOptions): Promise<Pcm>;
  effect(call: EffectCall, x: Float32Array, options: RunOptions): Promise<Pcm>;
  /** When the signal begins, ms; null for silence. */
  onset(x: Float32Array, options: RunOptions): Promise<number | null>;
  /** Stages 6, 8 and 9: frame, gain, look, quantise; little-endian integers of 16 and, in 32, of 24 bits. */
  master(x: Float32Array, params: MasterParams, options: RunOptions): Promise<Mastered>;
  /** Pieces of the framed and levelled tone for a montage: 16 bits, faded at their cuts. */
  cut(x: Float32Array, params: CutParams, options: RunOptions): Promise<Cut>;
}
export type CutParams = Readonly<{
  frames: number;
  gainDb: number;
  /** Of this tone, in order. */
  pieces: readonly Piece[];
  /** Where the last piece of all begins: it ends as its tone does. */
  end: number;
  /** Whether somebody wants to see the tone. */
  drawn: boolean;
}>;
export type Cut = Readonly<{ parts: readonly Uint8Array[]; spectrogram?: PictureTone['spectrogram'] | undefined }>;
export type MasterParams = Readonly<{ frames: number; gainDb: number; diOnsetMs: number | null }>;
export type Mastered = Readonly<{ pcmSha256: string; s16: Uint8Array; s24: Uint8Array; analysis: ToneAnalysis }>;

export type Measures = Readonly<{ integrated: number; truePeak: number; samplePeak: number }>;
/** With K-weighted mean squares, one per 100 ms: levelling needs them. */
export type Levellable = Measures & Readonly<{ powers: readonly number[] }>;
export interface LoudnessMeter {
  /** Stages 6 and 7: of the tone framed to that length. @throws `render.silent` */
  measure(x: Float32Array, frames: number, options: RunOptions): Promise<Levellable>;
  /** Stage 10: of a listening file, decoded by another reader than its encoder's. @throws `encoder.failed` */
  verify(flac: Uint8Array, mostFrames: number, options: RunOptions): Promise<Measures & { frames: number }>;
}

export type Format = 'flac16' | 'flac24' | 'opus';
/** PCM as its format takes it: `flac24` 24 bits in 32, the others 16. */
export type Encodable = Readonly<{ pcm: Uint8Array; format: Format }>;
/** Makes files of PCM. @throws `encoder.failed`, `encoder.timeout`, `store.full` */
export interface Encoder {
  readonly id: string;
  /** A file for each, in order, all by one run of the program. */
  encode(sounds: readonly Encodable[], options: RunOptions): Promise<readonly Uint8Array[]>;
}

export type InspectedAudio = Readonly<{
  pcm: Pcm;
  source: Readonly<{ container: string; codec: string; sampleRate: number; channels: number; bits: number }>;
  levels: Readonly<{
    integratedLufs: number | null;
    rmsDbfs: number | null;
    truePeakDbtp: number | null;
    clippedSamples: number;
  }>;
  waveform: unknown;
  warnings: readonly string[];
  /** 24 bits in 32, for the playback file. */
  s24: Uint8Array;
}>;
export type Channel = 'left' | 'right' | 'mix';
/** Stages 1 to 3 of an uploaded recording, of every container that is read; its bytes move. @throws `wav.*`, `di.*` */
export interface AudioDecoder {
  inspect(
    bytes: Uint8Array,
    claim: Readonly<{ mediaType: string; channel?: Channel | undefined }>,
    options: RunOptions,
  ): Promise<InspectedAudio>;
}

/** Bytes by hash. `read` throws `input.corrupt`; null when absent. */
export interface Files {
  read(sha256: string): Promise<Uint8Array | null>;
  put(bytes: Uint8Array, mediaType: string): Promise<FileRef>;
  keep(sha256: string): Promise<boolean>;
  release(sha256: string): Promise<void>;
}

/** Results of stages by content key. What cannot be read back unharmed is forgotten and reported absent. */
export interface RenderCache {
  find(key: string): Promise<Sound | undefined>;
  read(sound: Sound): Promise<Float32Array | undefined>;
  /** `durable` results are readable by every replica. */
  keep(key: string, pcm: Pcm, durable: boolean): Promise<Sound>;
  forget(key: string): Promise<void>;
  findValue(key: string): Promise<unknown>;
  keepValue(key: string, value: unknown): Promise<void>;
  /** One computation at a time for equal keys in this process; all who wait for it hear how far it is. */
  once<T>(key: string, run: RunOptions, compute: (tell: (fraction: number) => void) => Promise<T>): Promise<T>;
}

/** A stretch of the montage from that frame on, 16 bits. */
export type MontagePart = Readonly<{ start: number; s16: Uint8Array }>;
/** One montage on its way to files. */
export interface MontageFile {
  write(parts: AsyncIterable<MontagePart>): Promise<void>;
  flac(options: RunOptions): Promise<FileRef>;
  /** The picture that is shown while that piece plays. */
  show(piece: number, png: Uint8Array): Promise<void>;
  /** The sound of the video: it needs no picture. */
  track(options: RunOptions): Promise<void>;
  /** The moving picture of the video, of what `show` was given: it needs no sound. */
  film(chapters: readonly Chapter[], options: RunOptions): Promise<void>;
  /** Track and film in one file. */
  video(chapters: readonly Chapter[], options: RunOptions): Promise<FileRef>;
}
/** Makes files of a montage. @throws `encoder.failed`, `encoder.timeout`, `store.full` */
export interface MontageAssembler {
  readonly id: string;
  using<T>(work: (file: MontageFile) => Promise<T>): Promise<T>;
}

export type SharePicture = Readonly<{ title: string; labels: readonly string[]; targetLufs: number }>;
/** Draws PNG files. */
export interface PictureRenderer {
  readonly id: string;
  /** The recording under the whole montage, once for all its pictures. */
  timeline(di: Float32Array, pieces: readonly Piece[], options: RunOptions): Promise<PictureSet['timeline']>;
  /** 1920×1080, one for each of these pieces. */
  pieces(set: PictureSet, indexes: readonly number[], options: RunOptions): Promise<readonly Uint8Array[]>;
  /** 1200×630: what links show. */
  share(di: Float32Array, shown: SharePicture, options: RunOptions): Promise<Uint8Array>;
}
