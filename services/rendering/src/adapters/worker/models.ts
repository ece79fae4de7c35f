import { audioRefusal, resample, SAMPLE_RATE } from '@gts/audio';
import { oracleEngineId, type OraclePlan, parseNam, prepareOracle, renderOracle, type SyncOptions } from '@gts/nam';
import type { AmpChoice, Capture } from '../../application/ports';

type Play = (x: Float32Array, options: SyncOptions) => Float32Array;
/** A capture ready to play at 48 kHz; `play` with a span plays that part alone, where the choice is divisible. */
export type Model = Readonly<{ choice: AmpChoice; play: Play; floats: number }>;

const MOST_FLOATS = 64_000_000 / 4;
/** A chain rarely holds more captures, and a set shares some. */
const MOST_KEPT = 4;
const MOST_KEPT_FLOATS = MOST_FLOATS / 4;

/** Plans of captures in this thread; what was played longest ago goes first. */
export class Models {
  private readonly kept = new Map<string, Model>();

  /** @throws `nam.*`; `engine.memory` for a plan above 64 MB */
  of({ sha256, file }: Capture): Model {
    const model = this.kept.get(sha256) ?? modelOf(file);
    this.kept.delete(sha256);
    this.kept.set(sha256, model);
    this.shrink();
    return model;
  }

  private shrink(): void {
    for (const oldest of [...this.kept.keys()].slice(0, -1)) {
      const floats = [...this.kept.values()].reduce((sum, each) => sum + each.floats, 0);
      if (this.kept.size <= MOST_KEPT && floats <= MOST_KEPT_FLOATS) return;
      this.kept.delete(oldest);
    }
  }
}

function modelOf(file: Uint8Array): Model {
  const plan = prepareOracle(parseNam(file));
  if (plan.floats > MOST_FLOATS)
    throw audioRefusal('engine.memory', `the plan needs ${4 * plan.floats} bytes: at most ${4 * MOST_FLOATS}`);
  const divisible = plan.receptiveField !== null && plan.sampleRate === SAMPLE_RATE;
  const choice = { engine: oracleEngineId, tanh: 'exact' as const, divisible };
  return { choice, floats: plan.floats, play: playAt(plan) };
}

/** Stage 5a: a model of another rate hears resampled sound, and its answer is resampled back to the input's length. */
const playAt =
  (plan: OraclePlan): Play =>
  (x, options) => {
    if (plan.sampleRate === SAMPLE_RATE) return renderOracle(plan, x, options);
    const { onProgress } = options;
    const ratio = SAMPLE_RATE / plan.sampleRate;
    const played = renderOracle(plan, resample(x, SAMPLE_RATE, plan.sampleRate), {
      ...options,
      ...(onProgress && { onProgress: (done: number) => onProgress(Math.min(x.length, Math.round(done * ratio))) }),
    });
    return resample(played, plan.sampleRate, SAMPLE_RATE).subarray(0, x.length);
  };
