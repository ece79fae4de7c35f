import { audioEngine, meterEngine, release, SAMPLE_RATE } from '@gts/audio';
import { compatEngineId, ownEngineId } from '@gts/nam';
import type { AmpChoice, AmpEngine, LoudnessMeter, Pcm, PictureRenderer, SoundProcessor } from '../application/ports';
import type { WorkerPool } from './worker/pool';
import { Rooms } from './worker/rooms';

/** 5 s: before each chunk the model hears its memory's length again, 2 to 3 % of a chunk. */
const CHUNK_FRAMES = 240_000;
const LEAST_LIMIT_MS = 20_000;
/** Of work for a second of sound: the exact engine plays faster than the compatible one. */
const LIMIT_MS_PER_SECOND = { exact: 2000, fast: 4000 } as const;

const limitMs = ({ tanh }: AmpChoice, frames: number): number =>
  LEAST_LIMIT_MS + (frames / SAMPLE_RATE) * LIMIT_MS_PER_SECOND[tanh];

/** Captures in worker threads: in chunks on all that are idle, or whole on one where the others have work. */
export const poolAmpEngine = (pool: WorkerPool, chunk = CHUNK_FRAMES, rooms = new Rooms()): AmpEngine => ({
  id: `${ownEngineId}+${compatEngineId()}`,
  choose: (capture, run) => pool.run({ kind: 'choose', ...capture }, run),
  async render(capture, signal, { choice, whole = false, ...run }) {
    const limited = { ...run, limitMs: limitMs(choice, signal.length) };
    const asked = { kind: 'capture' as const, ...capture, chunkFrames: Math.max(1, signal.length) };
    if (whole || !choice.divisible) return pool.run<Pcm>({ ...asked, x: signal }, limited);
    const [x, y] = [rooms.take(signal.length), rooms.take(signal.length)];
    x.set(signal);
    release(signal);
    const { sha256 } = await pool.run<{ sha256: string }>({ ...asked, x, y, chunkFrames: chunk }, limited);
    const samples = new Float32Array(y);
    // Every chunk is done. After a failure a thread may still be at one: then the memory is the collector's.
    rooms.giveBack(x, y);
    return { samples, sha256 };
  },
});

export const poolSoundProcessor = (pool: WorkerPool): SoundProcessor => ({
  id: meterEngine(),
  prepare: (x, { excerpt, inputGainDb }, run) => pool.run({ kind: 'prepare', excerpt, inputGainDb, x }, run),
  convolve: (file, x, run) => pool.run({ kind: 'ir', file, x }, run),
  effect: ({ effect, params, ir: file }, x, run) => pool.run({ kind: 'effect', effect, params, file, x }, run),
  onset: (x, run) => pool.run({ kind: 'onset', x }, run),
  cut: (x, params, run) => pool.run({ kind: 'cut', ...params, x }, run),
  master: (x, { frames, gainDb, diOnsetMs }, run) => pool.run({ kind: 'master', frames, gainDb, diOnsetMs, x }, run),
});

export const poolLoudnessMeter = (pool: WorkerPool): LoudnessMeter => ({
  measure: (x, frames, run) => pool.run({ kind: 'measure', frames, x }, run),
  verify: (flac, mostFrames, run) => pool.run({ kind: 'verify', flac, mostFrames }, run),
});

export const poolPictures = (pool: WorkerPool): PictureRenderer => ({
  id: audioEngine,
  timeline: (x, pieces, run) => pool.run({ kind: 'timeline', x, pieces }, run),
  pieces: (set, indexes, run) => pool.run({ kind: 'pictures', set, indexes }, run),
  share: (x, shown, run) => pool.run({ kind: 'share', x, shown }, run),
});
