import { SAMPLE_RATE } from '@gts/audio';
import {
  type AmpEngine,
  type AmpPlan,
  chooseEngine,
  type NamModel,
  openCompatEngine,
  type OwnEngine,
  type OwnOptions,
  parseNam,
  renderCapture,
} from '@gts/nam';
import type { AmpChoice, Capture } from '../../application/ports';

type Play = (x: Float32Array, options: OwnOptions) => Float32Array;
/** A capture ready to play at 48 kHz; `play` with a span plays that part alone, where the choice is divisible. */
export type Model = Readonly<{ choice: AmpChoice; play: Play; floats: number }>;

/** A chain rarely holds more captures, and a set shares some. */
const MOST_KEPT = 4;
/** 16 MiB; a published shape needs less than 1. */
const MOST_KEPT_FLOATS = 4 * 1024 * 1024;

/** Plans of captures in this thread; what was played longest ago goes first. */
export class Models {
  private readonly kept = new Map<string, Model>();

  constructor(private readonly own: OwnEngine) {}

  /** @throws `nam.*` */
  async of({ sha256, file }: Capture): Promise<Model> {
    const model = this.kept.get(sha256) ?? (await modelOf(this.own, file));
    this.kept.delete(sha256);
    this.kept.set(sha256, model);
    this.shrink();
    return model;
  }

  /** After a fault nothing is trusted that the thread had made. */
  forget(): void {
    this.kept.clear();
  }

  private shrink(): void {
    for (const oldest of [...this.kept.keys()].slice(0, -1)) {
      const floats = [...this.kept.values()].reduce((sum, each) => sum + each.floats, 0);
      if (this.kept.size <= MOST_KEPT && floats <= MOST_KEPT_FLOATS) return;
      this.kept.delete(oldest);
    }
  }
}

/** The own engine plays what it can; the other one is opened by the first capture that needs it. */
async function modelOf(own: OwnEngine, file: Uint8Array): Promise<Model> {
  const model = parseNam(file);
  return chooseEngine(model) === 'own' ? madeReady(own, model) : madeReady(await openCompatEngine(), model);
}

function madeReady<P extends AmpPlan>(engine: AmpEngine<P>, model: NamModel): Model {
  const plan = engine.prepare(model);
  const { sampleRate, receptiveField, floats } = plan;
  const render: Play = (x, options) => engine.render(plan, x, options);
  const { id: engineId, tanh } = engine;
  const resampled = sampleRate !== SAMPLE_RATE;
  const divisible = tanh === 'exact' && receptiveField !== null && !resampled;
  const whole: Play = (x, options) => renderCapture({ engineId, tanh, sampleRate, render }, x, options);
  return { choice: { engine: engineId, tanh, divisible, resampled }, floats, play: divisible ? render : whole };
}
