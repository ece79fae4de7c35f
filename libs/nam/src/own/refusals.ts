import { audioRefusal } from '@gts/audio';
import { type LstmModel, type NamModel, type WaveNetModel } from '../model';
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

export type PlayableModel = WaveNetModel | LstmModel;
const isPlayable = (model: NamModel): model is PlayableModel =>
  model.architecture === 'WaveNet' || model.architecture === 'LSTM';

/** Null for a model that the kernel plays in blocks of `frames`. */
export function ownRefusal(model: NamModel, frames: number): OwnRefusal | null {
  if (!isPlayable(model)) return 'architecture';
  return model.architecture === 'WaveNet' && rowBytes(model, frames) > MOST_BYTES ? 'memory' : null;
}

/** @throws `nam.architecture`, `engine.memory` */
export function requirePlayable(model: NamModel, frames: number): PlayableModel {
  if (ownRefusal(model, frames) === 'memory')
    throw audioRefusal('engine.memory', `the capture needs more than ${MOST_BYTES} bytes`, { limit: MOST_BYTES });
  if (!isPlayable(model)) throw audioRefusal('nam.architecture', 'the kernel does not play this capture');
  return model;
}
