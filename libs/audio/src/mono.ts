import { type AudioWarning } from './refusals';

/** Which channel of a stereo file is meant: `mix` is (left + right) / 2. */
export type Channel = 'left' | 'right' | 'mix';

function mixed(left: Float32Array, right: Float32Array): Float32Array {
  const out = new Float32Array(left.length);
  for (let i = 0; i < out.length; i++) out[i] = (left[i] + right[i]) / 2;
  return out;
}

const equal = (a: Float32Array, b: Float32Array): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/**
 * Stage 2: one channel of one or two planes of equal length; the left one, with a warning, if nobody chose and they differ.
 * More than two channels were refused before.
 */
export function toMono(
  channels: readonly Float32Array[],
  choice?: Channel,
): Readonly<{ samples: Float32Array; warnings: readonly AudioWarning[] }> {
  const [left = new Float32Array(0), right] = channels;
  if (!right) return { samples: left, warnings: [] };
  if (choice === 'right') return { samples: right, warnings: [] };
  if (choice === 'mix') return { samples: mixed(left, right), warnings: [] };
  return { samples: left, warnings: choice === undefined && !equal(left, right) ? ['wav.stereo_left'] : [] };
}
