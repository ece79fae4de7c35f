import { audioRefusal } from '@gts/audio/browser';
import { isForeign } from '../engine';
import { type NamModel, type OwnModel, type WaveNetModel } from '../model';
import { upTo } from './layout';

/** Why the kernel does not play a model: closed. */
export type OwnRefusal = 'architecture' | 'memory';

const MOST_BYTES = 64 * 1024 * 1024;

/** Bytes of the rows of one block of `frames`: what a WaveNet mostly needs. */
function rowBytes({ arrays }: WaveNetModel, frames: number): number {
  return arrays.reduce((sum, { channels, layers, head }) => {
    const history = layers.reduce((all, { kernelSize, dilation }) => all + (kernelSize - 1) * dilation, 0);
    const rows = layers.length + 2;
    return sum + 4 * upTo(channels, 4) * (history + head.kernelSize + rows * (frames + 32));
  }, 0);
}

/** Null for a model that the kernel plays in blocks of `frames`. */
export function ownRefusal(model: NamModel, frames: number): OwnRefusal | null {
  if (isForeign(model)) return 'architecture';
  return model.architecture === 'WaveNet' && rowBytes(model, frames) > MOST_BYTES ? 'memory' : null;
}

/** @throws `nam.architecture`, `engine.memory` */
export function requirePlayable(model: NamModel, frames: number): OwnModel {
  if (ownRefusal(model, frames) === 'memory')
    throw audioRefusal('engine.memory', `the capture needs more than ${MOST_BYTES} bytes`, { limit: MOST_BYTES });
  if (isForeign(model)) throw audioRefusal('nam.architecture', `the kernel does not play ${model.reason}`);
  return model;
}
