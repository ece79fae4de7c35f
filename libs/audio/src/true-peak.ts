import { readMeter } from './meter/meter';
import { dbOf } from './units';

/**
 * True peak in dBTP by fourfold oversampling; −Infinity for silence.
 * @param x mono 48 kHz
 * @see ITU-R BS.1770-4, annex 2; filters of audio.md §1
 */
export const truePeak = (x: Float32Array): number => dbOf(readMeter(x).peak);
