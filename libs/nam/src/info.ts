import { chooseEngine, type EngineName, isForeign, type TanhKind } from './engine';
import { type LayerArray, type NamModel, receptiveFieldOf } from './model';

export type ModelSize = 'standard' | 'lite' | 'feather' | 'nano' | 'custom';
/** `1` and `2` are the generations of published shapes, everything else is custom. */
export type ModelArchitecture = '1' | '2' | 'custom';

/** What the catalogue shows about a capture; `receptiveField` is null for an LSTM. */
export type NamInfo = Readonly<{
  version: string;
  size: ModelSize;
  architecture: ModelArchitecture;
  layers: number;
  weights: number;
  sampleRate: number;
  receptiveField: number | null;
  supported: true;
  /** Which engine will play it, and the part that the own one does not have; null with the own engine. */
  engine: EngineName;
  engineReason: string | null;
  tanh: TanhKind;
}>;

const long = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const first = [1, 2, 4, 8, 16, 32, 64];
const second = [128, 256, 512, ...long];
const again = [1, 3, 7, 17, 41, 101, 239];
const a2 = [...again, ...again, 1, 13, ...again];

type Array1 = readonly [channels: number, outputs: number, dilations: readonly number[]];
const a1Arrays = (size: number, half: number, [one, two]: readonly (readonly number[])[]): readonly Array1[] => [
  [size, half, one],
  [half, 1, two],
];

type Known = readonly [ModelArchitecture, ModelSize, readonly Array1[]];
const known: readonly Known[] = [
  ['1', 'standard', a1Arrays(16, 8, [long, long])],
  ['1', 'lite', a1Arrays(12, 6, [first, second])],
  ['1', 'feather', a1Arrays(8, 4, [first, second])],
  ['1', 'nano', a1Arrays(4, 2, [first, second])],
  ['2', 'standard', [[8, 1, a2]]],
  ['2', 'lite', [[3, 1, a2]]],
];

const equal = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((v, i) => v === b[i]);

const kernelsFit = (array: LayerArray, architecture: ModelArchitecture): boolean =>
  array.head.kernelSize === (architecture === '1' ? 1 : 16) &&
  array.layers.every(({ kernelSize }, i) => kernelSize === (architecture === '1' ? 3 : i === 14 || i === 15 ? 15 : 6));

const fits = (arrays: readonly LayerArray[], [architecture, , shape]: Known): boolean =>
  arrays.length === shape.length &&
  arrays.every((array, i) => {
    const [channels, outputs, dilations] = shape[i];
    const own = array.layers.map(({ dilation }) => dilation);
    const sized = array.channels === channels && array.head.outChannels === outputs;
    return sized && equal(own, dilations) && kernelsFit(array, architecture);
  });

function engineFacts(model: NamModel): Pick<NamInfo, 'engine' | 'engineReason' | 'tanh'> {
  const engine = chooseEngine(model);
  const engineReason = isForeign(model) ? model.reason : null;
  return { engine, engineReason, tanh: engine === 'own' ? 'exact' : 'fast' };
}

/** Names size, architecture and engine of a capture; shapes that nobody published are custom. */
export function namInfo(model: NamModel): NamInfo {
  const { version, sampleRate } = model;
  const engine = engineFacts(model);
  const common = { version, sampleRate, weights: model.weights.length, supported: true, ...engine } as const;
  const custom = { ...common, size: 'custom', architecture: 'custom' } as const;
  if (isForeign(model)) return { ...custom, layers: model.layerCount, receptiveField: model.receptiveField };
  if (model.architecture === 'LSTM') return { ...custom, layers: model.layerCount, receptiveField: null };
  const [architecture, size] = known.find((shape) => fits(model.arrays, shape)) ?? ['custom', 'custom'];
  const layers = model.arrays.reduce((sum, array) => sum + array.layers.length, 0);
  return { ...common, size, architecture, layers, receptiveField: receptiveFieldOf(model.arrays) } as const;
}
