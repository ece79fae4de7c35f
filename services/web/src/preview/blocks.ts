import { AUDIO_VERSION, effectParams, type Ir, type Stage } from '@gts/audio/browser';
import { type ChainBlock, ownEngineId, type SteppedAmp } from '@gts/nam/browser';
import type { PreviewBlock } from './protocol';
import type { Sound, Sources } from './sources';

/** Multiplications a sample, about, of what is no capture: for the percent. */
const OTHER_OPS = 500;
export const AUDIO_ENGINE = `audio:${AUDIO_VERSION}`;

/** A block with all that it needs, and the hash by which its file is named. */
export type LoadedBlock = Readonly<{ block: ChainBlock; ops: number; amp?: SteppedAmp; ir?: Ir }>;

export async function loadBlock(sources: Sources, given: PreviewBlock): Promise<LoadedBlock> {
  if (given.kind === 'capture') {
    const { sha256, amp } = await sources.amp(given.source);
    return { block: { kind: 'capture', sha256 }, ops: amp.ops, amp };
  }
  const found = given.source && (await sources.ir(given.source));
  const rest = { ops: OTHER_OPS, ...(found && { ir: found.ir }) };
  if (given.kind !== 'effect') return { block: { kind: 'ir', sha256: found?.sha256 ?? '' }, ...rest };
  const { effect, params } = given;
  const checked = effectParams(effect, params);
  return { block: { kind: 'effect', effect, params: checked, irSha256: found?.sha256 }, ...rest };
}

/** The stage of a block over a signal: what the render service names it by, but for the engine of this page. */
export function stageOf(block: ChainBlock, from: Sound): Stage {
  const inputs = [from.sha256];
  if (block.kind !== 'effect') {
    const engine = block.kind === 'capture' ? ownEngineId : AUDIO_ENGINE;
    return { stage: block.kind, engine, inputs: [...inputs, block.sha256], params: {} };
  }
  const { effect, params, irSha256 } = block;
  const files = irSha256 === undefined ? inputs : [...inputs, irSha256];
  return { stage: 'effect', engine: AUDIO_ENGINE, inputs: files, params: { effect, ...params } };
}
