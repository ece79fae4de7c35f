import { type NamModel } from './model';

/** A model made ready; `ops` are multiplications a sample, `floats` the numbers of its memory. */
export type AmpPlan = Readonly<{
  /** Null: the memory has no end, so a render cannot start in the middle. */
  receptiveField: number | null;
  sampleRate: number;
  floats: number;
  ops: number;
}>;
export type RenderOptions = Readonly<{ signal: AbortSignal; onProgress(doneFrames: number): void }>;

/** What plays captures; signals are mono at the plan's own rate, the result has the length of the input. */
export interface AmpEngine<Plan extends AmpPlan = AmpPlan> {
  readonly id: string;
  supports(model: NamModel): boolean;
  prepare(model: NamModel): Plan;
  /** Stops with an `AbortError` within 0.2 s of the signal. */
  render(plan: Plan, x: Float32Array, options: RenderOptions): Promise<Float32Array>;
}

/** Thrown when a render is told to stop: nobody's fault, nothing to report. */
export const stopped = (): DOMException => new DOMException('the render was cancelled', 'AbortError');
export const isStopped = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
