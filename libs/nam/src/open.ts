import { openCompatEngine } from './compat/engine';
import { type Amp, ampOf, chooseEngine } from './engine';
import { type NamModel } from './model';
import { type OwnEngine } from './own/engine';
import { loadOwnEngine } from './own/load';

let own: OwnEngine | undefined;

/** Makes a model ready on the engine that is chosen for it; what it gives belongs to one thread. */
export type OpenAmp = (model: NamModel) => Promise<Amp>;
/** The engines of the product, each opened once a thread. Node only. */
export const openAmp: OpenAmp = async (model) =>
  chooseEngine(model) === 'compat' ? ampOf(await openCompatEngine(), model) : ampOf((own ??= loadOwnEngine()), model);
