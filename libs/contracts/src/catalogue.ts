import type { Definition } from './define';
import { gearCatalog } from './gear-catalog';
import { identity } from './identity';
import { rendering } from './rendering';
import { shootouts } from './shootouts';
import { signalChains } from './signal-chains';

/** Every context with its published language. */
export const catalogue = [identity, gearCatalog, signalChains, shootouts, rendering] as const;

/** All messages of the product, in order of declaration. */
export const allDefinitions: readonly Definition[] = catalogue.flatMap((each) => each.definitions);
