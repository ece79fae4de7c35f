import { durationMs, instantOf } from '@gts/kernel';
import type { Write } from './leases';
import type { CollectionDef } from './ports';

const PAGE = 500;
/** Stream 14 days, dead letters 30, and one to spare. */
const INBOX_MS = durationMs('45d');
const COMMANDS_MS = durationMs('24h');

/** Removes what has served its time, in pages of 500 a unit. */
export const sweeper = (write: Write, known: ReadonlyMap<string, CollectionDef>) => async (): Promise<number> => {
  let removed = await paged(write, async (session, now) => session.inbox.purge(now - INBOX_MS, PAGE));
  removed += await paged(write, async (session, now) => session.commands.purge(now - COMMANDS_MS, PAGE));
  for (const def of known.values()) {
    const { purgeAfterMs } = def;
    if (def.softDelete && purgeAfterMs !== undefined)
      removed += await paged(write, async (session, now) =>
        session.documents.purge(def, instantOf(now - purgeAfterMs), PAGE),
      );
  }
  return removed;
};

type Purge = (session: Parameters<Parameters<Write>[0]>[0], nowMs: number) => Promise<number>;

async function paged(write: Write, purge: Purge): Promise<number> {
  for (let total = 0; ;) {
    const count = await write(async (session) => purge(session, await session.nowMs()));
    total += count;
    if (count < PAGE) return total;
  }
}
