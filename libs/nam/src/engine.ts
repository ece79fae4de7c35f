import { type ForeignModel, type NamModel } from './model';

/** A model made ready; `ops` are multiplications a sample, `floats` the numbers of its memory. */
export type AmpPlan = Readonly<{
  /** Null: the memory has no end, so a render cannot start in the middle. */
  receptiveField: number | null;
  sampleRate: number;
  floats: number;
  ops: number;
}>;

/** `cancelled` is asked and `onProgress` told (frames of the result) every few milliseconds. */
export type PlayOptions = Readonly<{ cancelled?: () => boolean; onProgress?: (doneFrames: number) => void }>;
/** A render that hands its thread back after every block: yields the frames that are done, returns the sound. */
export type Steps = Generator<number, Float32Array, void>;
/** How tanh is computed: as it is defined, or by a rational function 4.4e-4 off (audio.md §4.5). */
export type TanhKind = 'exact' | 'fast';

/** What plays captures, without yielding its thread: for workers. */
export interface AmpEngine<Plan extends AmpPlan = AmpPlan> {
  /** Part of content keys: changes whenever a bit of a result can change. */
  readonly id: string;
  readonly tanh: TanhKind;
  supports(model: NamModel): boolean;
  /** @throws `nam.architecture` for a model that it does not support */
  prepare(model: NamModel): Plan;
  /**
   * Plays mono at the plan's own rate; the result has the length of the input.
   * @throws AbortError within 0.2 s of `cancelled`
   */
  render(plan: Plan, x: Float32Array, options?: PlayOptions): Float32Array;
}

/** A model that an engine has made ready, whichever engine it is. */
export type Amp = Readonly<{
  engineId: string;
  tanh: TanhKind;
  sampleRate: number;
  render(x: Float32Array, options?: PlayOptions): Float32Array;
}>;
/**
 * Makes a model ready on an engine.
 * @throws what `prepare` refuses
 */
export function ampOf<Plan extends AmpPlan>(engine: AmpEngine<Plan>, model: NamModel): Amp {
  const plan = engine.prepare(model);
  return {
    engineId: engine.id,
    tanh: engine.tanh,
    sampleRate: plan.sampleRate,
    render: (x, options) => engine.render(plan, x, options),
  };
}

export type EngineName = 'own' | 'compat';
export const isForeign = (model: NamModel): model is ForeignModel => model.architecture === 'ForeignWaveNet';
/** The engine that plays a model: the own one whenever it can. Nothing else is asked, so it is the same everywhere. */
export const chooseEngine = (model: NamModel): EngineName => (isForeign(model) ? 'compat' : 'own');

/** Thrown when a render is told to stop: nobody's fault, nothing to report. */
export const stopped = (): DOMException => new DOMException('the render was cancelled', 'AbortError');
export const isStopped = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
