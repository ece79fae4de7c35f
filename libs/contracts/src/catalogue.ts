import type { Definition } from './define';
import { rendering } from './rendering';

/** Every context with its published language. */
export const catalogue = [rendering] as const;

/** All messages of the product, in order of declaration. */
export const allDefinitions: readonly Definition[] = catalogue.flatMap((each) => each.definitions);
