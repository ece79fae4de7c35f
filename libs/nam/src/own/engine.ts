import type { WasmModule } from '@gts/audio/browser';
import { isForeign, type Steps } from '../engine';
import { type NamModel } from '../model';
import { KERNEL_SHA256 } from './kernel-hash';
import { type OwnPlan, planModel, PLANNER_VERSION } from './plan';
import { type OwnOptions, ownSteps, renderOwn } from './render';
import { Room } from './room';

export type { OwnPlan } from './plan';
export type { OwnOptions } from './render';

/** The kernel as an engine: synchronous, for workers of Node and of browsers. */
export type OwnEngine = Readonly<{
  id: string;
  tanh: 'exact';
  supports(model: NamModel): boolean;
  /** @throws `nam.architecture` for what it does not support */
  prepare(model: NamModel): OwnPlan;
  /**
   * Plays a capture without yielding the thread; equal bits for every span, block and machine.
   * @param x mono at the plan's rate
   * @throws AbortError when `cancelled`, asked before each block, says so
   */
  render(plan: OwnPlan, x: Float32Array, options?: OwnOptions): Float32Array;
  /** The same bits in steps: for threads that have to listen in between and share no memory. */
  steps(plan: OwnPlan, x: Float32Array): Steps;
}>;

/** Engine id of renders by the kernel: part of content keys. */
export const ownEngineId = `own:${KERNEL_SHA256}:${PLANNER_VERSION}`;

/**
 * Puts the engine around a compiled kernel (`dist/kernel.wasm`), which threads may share.
 * @see audio.md §4.2, §4.3
 */
export function createOwnEngine(module: WasmModule): OwnEngine {
  const room = new Room(module);
  return {
    id: ownEngineId,
    tanh: 'exact',
    supports: (model) => !isForeign(model),
    prepare: (model) => planModel(model),
    render: (plan, x, { span, ...options } = {}) => renderOwn(room, { plan, x, span }, options),
    steps: (plan, x) => ownSteps(room, { plan, x }),
  };
}
