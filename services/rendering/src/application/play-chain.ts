import { inputFault } from '@gts/artefacts';
import { effectParams, stageKey } from '@gts/audio';
import type { Block, FileRef, Sound } from '../domain/render-job';
import type { AmpEngine, Files, Pcm, RenderCache, RunOptions, SoundProcessor } from './ports';
import { atBlock } from './refusal';

type Deps = Readonly<{ amp: AmpEngine; sound: SoundProcessor; files: Files; cache: RenderCache }>;
export type ChainProgress = (blockIndex: number, fraction: number) => void;
type Chain = Readonly<{ from: Sound; blocks: readonly Block[] }>;
type Options = Readonly<{ signal: AbortSignal; onProgress: ChainProgress }>;
export type Played = Readonly<{ sound: Sound; cached: boolean }>;

/** A cached result was there a moment ago and cannot be read now: the chain is walked once more. */
class Gone extends Error {}

/** Stage 5: the prepared DI through every block in order; what any earlier run computed is taken from the cache. */
export const playChain =
  (deps: Deps) =>
  async (chain: Chain, options: Options): Promise<Played> => {
    for (;;) {
      const played = await walk(deps, chain, options).catch(again);
      if (played) return played;
    }
  };

const again = (error: unknown): undefined => {
  if (!(error instanceof Gone)) throw error;
};

async function walk(deps: Deps, { from, blocks }: Chain, options: Options): Promise<Played> {
  let sound = from;
  let cached = true;
  let previousKey: string | undefined;
  for (const [index, block] of blocks.entries()) {
    const key = keyOf(deps, block, sound);
    const step = { block, index, key, from: sound, previousKey, last: index === blocks.length - 1 };
    const found = await useful(deps, key, step.last);
    cached &&= found !== undefined;
    sound = found ?? (await compute(deps, step, options));
    previousKey = key;
    options.onProgress(index, 1);
  }
  return { sound, cached };
}

/** The end of a chain is read by another work item: it must really be there. */
async function useful({ cache }: Deps, key: string, last: boolean): Promise<Sound | undefined> {
  const found = await cache.find(key);
  if (!found || !last) return found;
  if (await cache.read(found)) return found;
  await cache.forget(key);
  return undefined;
}

type Step = Readonly<{
  block: Block;
  index: number;
  key: string;
  from: Sound;
  previousKey: string | undefined;
  last: boolean;
}>;

async function compute(deps: Deps, step: Step, { signal, onProgress }: Options): Promise<Sound> {
  const { cache } = deps;
  return cache.once(step.key, signal, async () => {
    signal.throwIfAborted();
    const input = await cache.read(step.from);
    if (!input) {
      if (step.previousKey) await cache.forget(step.previousKey);
      throw step.previousKey ? new Gone() : inputFault.missing(step.from.sha256);
    }
    const run = { signal, onProgress: (fraction: number) => onProgress(step.index, fraction) };
    const pcm = await play(deps, step.block, { input, run }).catch((error: unknown) => {
      throw atBlock(error, step.index);
    });
    return cache.keep(step.key, pcm, step.last);
  });
}

async function play(deps: Deps, block: Block, { input, run }: { input: Float32Array; run: RunOptions }): Promise<Pcm> {
  const bytes = block.file && (await needed(deps.files, block.file));
  switch (block.kind) {
    case 'capture':
      return deps.amp.render(bytes ?? new Uint8Array(), input, run);
    case 'ir':
      return deps.sound.convolve(bytes ?? new Uint8Array(), input, run);
    case 'effect':
      return deps.sound.effect({ effect: block.effect, params: block.params, ir: bytes }, input, run);
  }
}

async function needed(files: Files, { sha256 }: FileRef): Promise<Uint8Array> {
  const bytes = await files.read(sha256);
  if (!bytes) throw inputFault.missing(sha256);
  return bytes;
}

function keyOf({ amp, sound }: Deps, block: Block, from: Sound): string {
  const inputs = [from.sha256, ...(block.file ? [block.file.sha256] : [])];
  if (block.kind === 'capture') return stageKey({ stage: 'capture', engine: amp.id, inputs, params: {} });
  if (block.kind === 'ir') return stageKey({ stage: 'ir', engine: sound.id, inputs, params: {} });
  const params = { effect: block.effect, ...effectParams(block.effect, block.params) };
  return stageKey({ stage: 'effect', engine: sound.id, inputs, params });
}
