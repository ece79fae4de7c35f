import { durationMs, instantOf } from '@gts/kernel';
import type { Write } from './leases';
import type { CollectionDef } from './ports';
import type { Session } from './session';

/** Rows a unit: other units and the event loop come in between. */
const PAGE = 200;
/** Stream 14 days, dead letters 30, and one to spare. */
const INBOX_MS = durationMs('45d');
const COMMANDS_MS = durationMs('24h');

type Prepare = (defs: readonly CollectionDef[]) => Promise<void>;
type Purge = (session: Session, nowMs: number) => number | Promise<number>;

/** Removes what has served its time, a page a unit; tells how many rows of what. */
export const sweeper =
  (write: Write, prepare: Prepare) =>
  async (collections: readonly CollectionDef[]): Promise<Readonly<Record<string, number>>> => {
    const removed: Record<string, number> = {};
    const kept = collections.filter(({ purges }) => purges.length > 0);
    await prepare(kept);
    for (const [name, purge] of purgesOf(kept)) {
      const count = await paged(write, purge);
      if (count > 0) removed[name] = (removed[name] ?? 0) + count;
    }
    return removed;
  };

function* purgesOf(defs: readonly CollectionDef[]): Generator<readonly [string, Purge]> {
  yield ['inbox', ({ inbox }, now) => inbox.purge(now - INBOX_MS, PAGE)];
  yield ['commands', ({ commands }, now) => commands.purge(now - COMMANDS_MS, PAGE)];
  for (const def of defs)
    for (const rule of def.purges) {
      const page = (now: number) => ({ before: instantOf(now - rule.afterMs), limit: PAGE });
      yield [def.name, ({ documents }, now) => documents.purge(def, rule, page(now))];
    }
}

async function paged(write: Write, purge: Purge): Promise<number> {
  for (let total = 0; ;) {
    const count = await write(async (session) => purge(session, await session.nowMs()));
    total += count;
    if (count < PAGE) return total;
  }
}
