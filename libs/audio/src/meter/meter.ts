import { TENTH } from '../units';
import { kWeighting, mostRise, tapPairs } from './filters';
import { instantiateWasm, type WasmModule } from '../wasm';

/** What `assembly/meter.ts` exports; its parameters are explained there. */
type Kernel = Readonly<{
  truePeak: (...args: readonly [x: number, n: number, h: number, peak: number, rise: number]) => number;
  powers: (...args: readonly [x: number, blocks: number, size: number, c: number, state: number, out: number]) => void;
}>;

/** Blocks of 100 ms that one call takes: small enough for a cache, large enough to make calls cheap. */
const BLOCKS = 13;
const CHUNK = BLOCKS * TENTH;
/** Zeros, or neighbours, that the filters see around a chunk, in samples. */
const BEFORE = 16;
const BEHIND = 48;
const PAGE = 65_536;
/** Addresses; the module's own data lies far below the first. */
const at = { taps: 32_768, weighting: 33_024, state: 33_152, powers: 33_280, samples: PAGE } as const;
const STATE = 6;
const PAGES = 1 + Math.ceil((4 * (BEFORE + CHUNK + BEHIND)) / PAGE);

/** Largest value at or between the samples, and mean squares of the K-weighted signal per 100 ms. */
export type MeterReading = Readonly<{ peak: number; powers: Float64Array }>;
export type Meter = (x: Float32Array, wanted?: 'all' | 'powers') => MeterReading;

/**
 * A meter with 320 KiB of its own memory, for any number of signals one after another.
 * @param module compiled from `assembly/meter.ts`
 */
export function createMeter(module: WasmModule): Meter {
  const { memory, exports: kernel } = instantiateWasm<Kernel>(module, PAGES);
  const room = new Float32Array(memory.buffer, at.samples, BEFORE + CHUNK + BEHIND);
  const state = new Float64Array(memory.buffer, at.state, STATE);
  const blockPowers = new Float64Array(memory.buffer, at.powers, BLOCKS);
  new Float32Array(memory.buffer, at.taps, tapPairs.length).set(tapPairs);
  new Float64Array(memory.buffer, at.weighting, kWeighting.length).set(kWeighting);
  const first = at.samples + 4 * BEFORE;
  return (x, wanted = 'all') => {
    const powers = new Float64Array(Math.floor(x.length / TENTH));
    let peak = 0;
    state.fill(0);
    for (let from = 0, block = 0; from < x.length; from += CHUNK, block += BLOCKS) {
      const lead = Math.min(BEFORE, from);
      const piece = x.subarray(from - lead, from + CHUNK + BEHIND);
      room.fill(0).set(piece, BEFORE - lead);
      if (wanted === 'all') peak = kernel.truePeak(first, Math.min(CHUNK, x.length - from), at.taps, peak, mostRise);
      const blocks = Math.min(BLOCKS, powers.length - block);
      kernel.powers(first, blocks, TENTH, at.weighting, at.state, at.powers);
      powers.set(blockPowers.subarray(0, Math.max(0, blocks)), block);
    }
    return { peak, powers };
  };
}

let source: (() => WasmModule) | undefined;
let current: Meter | undefined;

/** The compiled kernel of `assembly/meter.ts`, which also transforms. @throws where nobody said where it is */
export function kernelSource(): WasmModule {
  if (!source) throw new Error('no kernel: compile dist/meter.wasm and hand it to useMeter first');
  return source();
}

/**
 * Says where `measure`, `convolve` and their kin get their kernel. In Node this is done by `@gts/audio` itself; a browser compiles the
 * module and calls this once, before it does either.
 */
export function useMeter(module: () => WasmModule): void {
  [source, current] = [module, undefined];
}

const meter = (): Meter => (current ??= createMeter(kernelSource()));

/** Reads one signal, mono 48 kHz. */
export const readMeter = (x: Float32Array): MeterReading => meter()(x);

/** Only the mean squares of {@link readMeter}: the peak takes longer. */
export const weightedPowers = (x: Float32Array): Float64Array => meter()(x, 'powers').powers;
