import { audioRefusal, resample, SAMPLE_RATE } from '@gts/audio';
import { type AmpPlan, type OwnEngine, type OwnOptions, type OwnPlan, parseNam } from '@gts/nam';
import type { AmpChoice, Capture } from '../../application/ports';

type Play = (x: Float32Array, options: OwnOptions) => Float32Array;
/** A capture ready to play at 48 kHz; `play` with a span plays that part alone, where the choice is divisible. */
export type Model = Readonly<{ choice: AmpChoice; play: Play; floats: number }>;

const MOST_FLOATS = (64 * 1024 * 1024) / 4;
/** A chain rarely holds more captures, and a set shares some. */
const MOST_KEPT = 4;
const MOST_KEPT_FLOATS = MOST_FLOATS / 4;

/** Plans of captures in this thread; what was played longest ago goes first. */
export class Models {
  private readonly kept = new Map<string, Model>();

  constructor(private readonly own: OwnEngine) {}

  /** @throws `nam.*`; `engine.memory` for a plan above 64 MB */
  of({ sha256, file }: Capture): Model {
    const model = this.kept.get(sha256) ?? modelOf(this.own, file);
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

function modelOf(own: OwnEngine, file: Uint8Array): Model {
  const plan = bounded(own.prepare(parseNam(file)));
  const divisible = plan.receptiveField !== null && plan.sampleRate === SAMPLE_RATE;
  const choice = { engine: own.id, tanh: own.tanh, divisible };
  return { choice, floats: plan.floats, play: at48(plan, (x, options) => own.render(plan, x, options)) };
}

function bounded(plan: OwnPlan): OwnPlan {
  if (plan.floats <= MOST_FLOATS) return plan;
  throw audioRefusal('engine.memory', `the plan needs ${4 * plan.floats} bytes: at most ${4 * MOST_FLOATS}`);
}

/** Stage 5a: a model of another rate hears resampled sound, and its answer is resampled back to the input's length. */
function at48({ sampleRate }: AmpPlan, play: Play): Play {
  if (sampleRate === SAMPLE_RATE) return play;
  const ratio = SAMPLE_RATE / sampleRate;
  return (x, { onProgress, ...options }) => {
    const told = (done: number) => onProgress?.(Math.min(x.length, Math.round(done * ratio)));
    const played = play(resample(x, SAMPLE_RATE, sampleRate), { ...options, onProgress: told });
    return resample(played, sampleRate, SAMPLE_RATE).subarray(0, x.length);
  };
}
