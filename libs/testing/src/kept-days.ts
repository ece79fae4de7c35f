import { SYSTEM_TENANT } from '@gts/kernel';
import { type CollectionDef, memoryStore } from '@gts/persistence';
import { z } from 'zod';
import { manualClock } from './clock';
import { aContext } from './ids';

const DAY_MS = 86_400_000;
const LONG = 400;

/**
 * How many whole days a daily sweep leaves a row that is written now; `for ever` after 400. `fields` may name only
 * those that the collection's rules look at; the text `now` stands for the instant of writing.
 */
export async function keptDays(
  def: CollectionDef<never>,
  fields: Readonly<Record<string, unknown>>,
): Promise<number | 'for ever'> {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const ctx = aContext({ tenantId: SYSTEM_TENANT });
  const loose = { ...(def as unknown as CollectionDef<unknown>), schema: z.unknown() };
  const row = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === 'now' ? clock.now() : value]),
  );
  await store.transaction(ctx, (unit) => unit.collection(loose).insert('row', row));
  for (let day = 1; day <= LONG; day += 1) {
    clock.advance(DAY_MS);
    await store.sweep([def]);
    if (!(await store.collection(loose, ctx).find('row'))) return day - 1;
  }
  return 'for ever';
}
