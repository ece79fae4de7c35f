import { acceptDiWav, acceptIrWav, applyGain, commonLength, frame, level, measure, prepare } from '@gts/audio';
import { naiveNam, type NamFile } from '@gts/testing';

/** A chain as the definition needs it: captures as objects, then an impulse response or none. */
export type DefinedChain = Readonly<{ captures: readonly NamFile[]; ir?: Buffer }>;

/** The convolution as it is written: y[n] = Σ h[k]·x[n−k], in float64. */
function direct(x: Float32Array, h: Float32Array): Float32Array {
  const out = new Float64Array(x.length + h.length - 1);
  for (let k = 0; k < h.length; k++) {
    const tap = h[k] ?? NaN;
    for (let i = 0; i < x.length; i++) out[i + k] = (out[i + k] ?? NaN) + tap * (x[i] ?? NaN);
  }
  return Float32Array.from(out);
}

function play(x: Float32Array, { captures, ir }: DefinedChain): Float32Array {
  const amplified = captures.reduce((signal, file) => Float32Array.from(naiveNam(file, signal)), x);
  return ir ? direct(amplified, acceptIrWav(ir).samples) : amplified;
}

/** What audio.md says a set sounds like: captures by their recursion, convolution by its sum, all in float64. */
export function definitionOf(take: Buffer, chains: readonly DefinedChain[], channel?: 'left' | 'right' | 'mix') {
  const { samples } = prepare(acceptDiWav(take, channel).samples);
  const played = chains.map((chain) => play(samples, chain));
  const length = commonLength(
    played.map((tone) => tone.length),
    samples.length,
  );
  const framed = played.map((tone) => frame(tone, length));
  const { targetLufs, gainsDb } = level(framed.map(measure));
  return { targetLufs, gainsDb, tones: framed.map((tone, i) => applyGain(tone, gainsDb[i] ?? NaN)) };
}
