import { kernelSource } from './meter/meter';
import { cosine, sine } from './trig';
import { instantiateWasm } from './wasm';

/** What `assembly/parts/fft.ts` exports; its parameters are explained there. */
type Kernel = Readonly<{
  forward: (...args: readonly [re: number, im: number, n: number, turns: number]) => void;
  inverse: (...args: readonly [re: number, im: number, n: number, turns: number]) => void;
  multiply: (...args: readonly [re: number, im: number, byRe: number, byIm: number, n: number]) => void;
}>;

/**
 * The complex transform of one size in memory of its own: `re` and `im` are replaced in place. The bins of `forward` lie in
 * an order of their own, {@link binPlaces}; `inverse` takes them so and leaves a factor of the size.
 */
export type Transform = Readonly<{
  re: Float64Array;
  im: Float64Array;
  forward: () => void;
  inverse: () => void;
  /** Each bin times its partner: real parts of `by`, then imaginary ones. */
  multiply: (by: Float64Array) => void;
}>;

const PAGE = 65_536;
const LEAST = 8;
/** Larger ones, of responses longer than 1.3 s, take tens of megabytes: they are not kept. */
const MOST_KEPT = 2 ** 18;

/** cos and −sin of the turns that each pass takes: from the whole size on down, three of a quarter each. */
function turnsOf(size: number): Float64Array {
  const turns = new Float64Array(2 * size);
  let at = 0;
  for (let n = size; n > 4; n /= 4)
    for (const power of [1, 2, 3]) {
      for (let k = 0; k < n / 4; k++) {
        const angle = (2 * Math.PI * k * power) / n;
        turns[at + k] = cosine(angle);
        turns[at + n / 4 + k] = -sine(angle);
      }
      at += n / 2;
    }
  return turns.subarray(0, at);
}

function makeTransform(size: number): Transform {
  if (size < LEAST) throw new RangeError(`no transform of ${size}`);
  const turns = turnsOf(size);
  const bytes = 8 * size;
  const at = { re: PAGE, im: PAGE + bytes, byRe: PAGE + 2 * bytes, byIm: PAGE + 3 * bytes, turns: PAGE + 4 * bytes };
  const pages = Math.ceil((at.turns + turns.byteLength) / PAGE);
  const { memory, exports: kernel } = instantiateWasm<Kernel>(kernelSource(), pages);
  new Float64Array(memory.buffer, at.turns, turns.length).set(turns);
  const partner = new Float64Array(memory.buffer, at.byRe, 2 * size);
  return {
    re: new Float64Array(memory.buffer, at.re, size),
    im: new Float64Array(memory.buffer, at.im, size),
    forward: () => kernel.forward(at.re, at.im, size, at.turns),
    inverse: () => kernel.inverse(at.re, at.im, size, at.turns),
    multiply(by) {
      partner.set(by);
      kernel.multiply(at.re, at.im, at.byRe, at.byIm, size);
    },
  };
}

const transforms = new Map<number, Transform>();

/** The transform of one size, a power of two from 8 on; made once in a thread. */
export function transformOf(size: number): Transform {
  const transform = transforms.get(size) ?? makeTransform(size);
  if (size <= MOST_KEPT) transforms.set(size, transform);
  return transform;
}

const places = new Map<number, Uint32Array>();

/** Where `forward` leaves each bin; made at its first use in a thread. */
export function binPlaces(size: number): Uint32Array {
  const known = places.get(size) ?? placesOf(size);
  places.set(size, known);
  return known;
}

function placesOf(size: number): Uint32Array {
  return Uint32Array.from({ length: size }, (_, bin) => {
    let [place, digits] = [0, bin];
    for (let n = size; n > 1; n = n > 2 ? n / 4 : 1) {
      place += n > 2 ? (digits & 3) * (n / 4) : digits & 1;
      digits >>= 2;
    }
    return place;
  });
}
