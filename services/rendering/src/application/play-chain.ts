import { inputFault, storeFault } from '@gts/artefacts';
import { effectParams, release, stageKey } from '@gts/audio';
import type { AmpUse, Block, FileRef, Sound } from '../domain/render-job';
import type { AmpChoice, AmpEngine, Files, Pcm, RenderCache, RunOptions, SoundProcessor } from './ports';
import { atBlock } from './refusal';

type Deps = Readonly<{ amp: AmpEngine; sound: SoundProcessor; files: Files; cache: RenderCache }>;
export type ChainProgress = (blockIndex: number, fraction: number) => void;
type Chain = Readonly<{ from: Sound; blocks: readonly Block[] }>;
type Options = Readonly<{
  signal: AbortSignal;
  onProgress: ChainProgress;
  /** Asked before each capture: enough other chains play, so this one keeps to one worker. */
  whole?: () => Promise<boolean>;
}>;
export type Played = Readonly<{ sound: Sound; cached: boolean; amps: readonly AmpUse[] }>;

/** A cached result was there a moment ago and cannot be read now: the chain is walked once more. */
class Gone extends Error {}
/** One loss is bad luck; a disk that loses every result is a fault of the store. */
const MOST_WALKS = 3;

/** Stage 5: the prepared DI through every block in order; what any earlier run computed is taken from the cache. */
export const playChain =
  (deps: Deps) =>
  async (chain: Chain, options: Options): Promise<Played> => {
    for (let walks = 0; walks < MOST_WALKS; walks++) {
      const played = await walk(deps, chain, options).catch(again);
      if (played) return played;
    }
    throw storeFault.unavailable('no stored result can be read back');
  };

const again = (error: unknown): undefined => {
  if (!(error instanceof Gone)) throw error;
};

async function walk(deps: Deps, { from, blocks }: Chain, options: Options): Promise<Played> {
  const amps: AmpUse[] = [];
  let sound = from;
  let cached = true;
  let previousKey: string | undefined;
  const hand: Hand = {};
  for (const [index, block] of blocks.entries()) {
    const choice = await chosen(deps, { block, index }, options);
    if (choice) amps.push({ blockIndex: index, engine: choice.engine, tanh: choice.tanh });
    const key = keyOf(deps, { block, choice, from: sound });
    const step = { block, choice, index, key, from: sound, previousKey, last: index === blocks.length - 1, hand };
    const found = await useful(deps, key, step.last);
    cached &&= found !== undefined;
    sound = found ?? (await compute(deps, step, options));
    previousKey = key;
    options.onProgress(index, 1);
  }
  return { sound, cached, amps };
}

/** Which engine plays a capture is part of its key, so it is known before anything is computed, and remembered. */
async function chosen(
  { amp, cache, files }: Deps,
  { block, index }: Readonly<{ block: Block; index: number }>,
  { signal, onProgress }: Options,
): Promise<AmpChoice | undefined> {
  if (block.kind !== 'capture') return undefined;
  const { sha256 } = block.file;
  const key = stageKey({ stage: 'choose', engine: amp.id, inputs: [sha256], params: { v: 2 } });
  const run = { signal, onProgress: () => onProgress(index, 0) };
  const choosing = cache.once(key, run, async (tell) => {
    const known = (await cache.findValue(key)) as AmpChoice | undefined;
    if (known) return known;
    const file = await needed(files, block.file);
    const choice = await amp.choose({ sha256, file }, { signal, onProgress: tell });
    await cache.keepValue(key, choice);
    return choice;
  });
  return choosing.catch((error: unknown) => {
    throw atBlock(error, index);
  });
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
  choice: AmpChoice | undefined;
  index: number;
  key: string;
  from: Sound;
  previousKey: string | undefined;
  last: boolean;
  hand: Hand;
}>;

/** What the block before has just computed, here: nobody has to read it back. */
type Hand = { pcm?: Pcm | undefined };

function taken(hand: Hand, { sha256 }: Sound): Float32Array | undefined {
  const { pcm } = hand;
  hand.pcm = undefined;
  return pcm?.sha256 === sha256 ? pcm.samples : undefined;
}

async function compute(deps: Deps, step: Step, { signal, onProgress, whole }: Options): Promise<Sound> {
  const { cache } = deps;
  const told = (fraction: number) => onProgress(step.index, fraction);
  return cache.once(step.key, { signal, onProgress: told }, async (tell) => {
    signal.throwIfAborted();
    const input = taken(step.hand, step.from) ?? (await cache.read(step.from));
    if (!input) {
      if (step.previousKey) await cache.forget(step.previousKey);
      throw step.previousKey ? new Gone() : inputFault.missing(step.from.sha256);
    }
    tell(0);
    const run = { signal, onProgress: tell, whole: step.choice && (await whole?.()) };
    const pcm = await play(deps, step, { input, run }).catch((error: unknown) => {
      throw atBlock(error, step.index);
    });
    tell(1);
    const sound = await cache.keep(step.key, pcm, step.last);
    if (step.last) release(pcm.samples);
    else step.hand.pcm = pcm;
    return sound;
  });
}

type Playing = Readonly<{ input: Float32Array; run: RunOptions & { whole?: boolean | undefined } }>;

async function play(deps: Deps, { block, choice }: Step, { input, run }: Playing): Promise<Pcm> {
  const file = block.file && (await needed(deps.files, block.file));
  const bytes = file ?? new Uint8Array();
  if (block.kind === 'effect')
    return deps.sound.effect({ effect: block.effect, params: block.params, ir: file }, input, run);
  if (!choice) return deps.sound.convolve(bytes, input, run);
  return deps.amp.render({ sha256: block.file?.sha256 ?? '', file: bytes }, input, { ...run, choice });
}

async function needed(files: Files, { sha256 }: FileRef): Promise<Uint8Array> {
  const bytes = await files.read(sha256);
  if (!bytes) throw inputFault.missing(sha256);
  return bytes;
}

/** A capture of another rate also hears the resampler, twice. */
const enginesOf = ({ engine, resampled }: AmpChoice, sound: SoundProcessor): string =>
  resampled ? `${engine}+${sound.id}` : engine;

function keyOf({ sound }: Deps, { block, choice, from }: Pick<Step, 'block' | 'choice' | 'from'>): string {
  const inputs = [from.sha256, ...(block.file ? [block.file.sha256] : [])];
  if (choice) return stageKey({ stage: 'capture', engine: enginesOf(choice, sound), inputs, params: {} });
  if (block.kind !== 'effect') return stageKey({ stage: 'ir', engine: sound.id, inputs, params: {} });
  const params = { effect: block.effect, ...effectParams(block.effect, block.params) };
  return stageKey({ stage: 'effect', engine: sound.id, inputs, params });
}
