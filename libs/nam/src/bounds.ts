import { audioRefusal, type RefusalFacts } from '@gts/audio/browser';
import { type LayerArray, receptiveFieldOf } from './model';
import { type RawArray } from './schema';

export const MOST_RECEPTIVE = 96_000;
export const MOST_WEIGHTS = 200_000;
export const RATES: readonly number[] = [44_100, 48_000, 88_200, 96_000];

const outOfBounds = (detail: string, facts: RefusalFacts = {}) => audioRefusal('nam.bounds', detail, facts);

type Range = readonly [least: number, most: number];
/** @throws `nam.bounds` unless `value` is an integer in the range */
export function requireInteger(value: number, name: string, [least, most]: Range): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw outOfBounds(`${name} is ${value}: whole numbers from ${least} to ${most} are played`, { limit: most });
  return value;
}

/** @throws `nam.bounds` for lists that do not go together or counts and sizes out of range */
export function checkRawArray(raw: RawArray, at: string): void {
  const count = raw.dilations.length;
  requireInteger(count, `${at}.dilations`, [1, 64]);
  const sizes = raw.kernel_sizes ?? [];
  if (raw.kernel_sizes && sizes.length !== count)
    throw outOfBounds(`${at}: kernel_sizes and dilations differ in length`);
  if (Array.isArray(raw.activation) && raw.activation.length !== count)
    throw outOfBounds(`${at}: activations and dilations differ in length`);
  raw.dilations.forEach((each, i) => requireInteger(each, `${at}.dilations.${i}`, [1, 8192]));
  sizes.forEach((each, i) => requireInteger(each, `${at}.kernel_sizes.${i}`, [1, 64]));
}

/** @throws `nam.bounds` for an array that does not fit the one before it, or sizes out of range */
function checkArray(array: LayerArray, before: LayerArray | undefined, at: string): void {
  requireInteger(array.channels, `${at}.channels`, [1, 64]);
  requireInteger(array.head.outChannels, `${at}: outputs of the head`, [1, 64]);
  requireInteger(array.head.kernelSize, `${at}: kernel size of the head`, [1, 64]);
  array.layers.forEach(({ kernelSize }) => requireInteger(kernelSize, `${at}.kernel_size`, [1, 64]));
  const expected = before?.channels ?? 1;
  if (array.inputSize !== expected) throw outOfBounds(`${at}.input_size is ${array.inputSize}, ${expected} arrive`);
  if (before && before.head.outChannels !== array.channels)
    throw outOfBounds(`${at}.channels is ${array.channels}, the head before it gives ${before.head.outChannels}`);
}

/** @throws `nam.bounds` */
export function checkArrays(arrays: readonly LayerArray[]): void {
  arrays.forEach((array, i) => checkArray(array, arrays[i - 1], `layers.${i}`));
  if (arrays.at(-1)?.head.outChannels !== 1) throw outOfBounds('the last head must give one channel');
  const receptive = receptiveFieldOf(arrays);
  if (receptive > MOST_RECEPTIVE)
    throw outOfBounds(`the receptive field is ${receptive} samples`, { limit: MOST_RECEPTIVE });
}
