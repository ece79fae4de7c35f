import { context } from '@gts/contracts';
import { z } from 'zod';

/** A context with one event, for specs that need some message and no more. */
export const toys = context('shootouts');
export const Happened = toys.event('Happened', {
  aggregate: 'Toy',
  version: 1,
  summary: 'Something happened.',
  data: z.strictObject({ n: z.int() }),
  example: { n: 1 },
});
