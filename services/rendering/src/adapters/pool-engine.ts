import { audioEngine } from '@gts/audio';
import { oracleEngineId } from '@gts/nam';
import type { AmpEngine, LoudnessMeter, SoundProcessor } from '../application/ports';
import type { WorkerPool } from './worker/pool';

/** The float64 oracle in worker threads. */
export const poolAmpEngine = (pool: WorkerPool): AmpEngine => ({
  id: oracleEngineId,
  render: (file, x, run) => pool.run({ kind: 'capture', file, x }, run),
});

export const poolSoundProcessor = (pool: WorkerPool): SoundProcessor => ({
  id: audioEngine,
  prepare: (x, { excerpt, inputGainDb }, run) => pool.run({ kind: 'prepare', excerpt, inputGainDb, x }, run),
  convolve: (file, x, run) => pool.run({ kind: 'ir', file, x }, run),
  effect: ({ effect, params, ir: file }, x, run) => pool.run({ kind: 'effect', effect, params, file, x }, run),
  onset: (x, run) => pool.run({ kind: 'onset', x }, run),
  master: (x, { frames, gainDb, diOnsetMs }, run) => pool.run({ kind: 'master', frames, gainDb, diOnsetMs, x }, run),
});

export const poolLoudnessMeter = (pool: WorkerPool): LoudnessMeter => ({
  measure: (x, frames, run) => pool.run({ kind: 'measure', frames, x }, run),
  verify: (s16, run) => pool.run({ kind: 'verify', s16 }, run),
});
