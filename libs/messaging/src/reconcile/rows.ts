import { collection } from '@gts/persistence';
import { z } from 'zod';

const schema = z.strictObject({
  /** When the stream was made: another one of its name starts anew. */
  created: z.string(),
  /** All up to this sequence is known to be handled. */
  checked: z.int(),
  /** What the consumer had acknowledged at `notedAt`: up to there the next round looks. */
  floor: z.int(),
  notedAt: z.string(),
});
export type Position = Readonly<z.output<typeof schema>>;

/** How far each durable was reconciled. Streams forget after 14 days: an older position says nothing. */
export const reconciliationRows = collection('reconciliations', {
  scope: 'global',
  schema,
  retention: [{ after: '14d', since: 'updatedAt' }],
});
