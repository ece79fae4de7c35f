import type { Leases } from './ports';
import type { LeaseRow, Session } from './session';

/** Opens a unit of the library's own. */
export type Write = <R>(work: (session: Session) => Promise<R>) => Promise<R>;

type Rows = Readonly<{ get: (name: string) => LeaseRow | undefined; set: (name: string, row: LeaseRow) => void }>;

/** `touch` of adapters that have rows and a clock of their own. */
export const touchOver =
  ({ get, set }: Rows, nowMs: () => number): Session['leases']['touch'] =>
  (held) => {
    const holds = ([name, epoch]: [string, number]): boolean => {
      const row = get(name);
      if (!row || row.epoch !== epoch || row.expiresMs <= nowMs()) return false;
      set(name, row);
      return true;
    };
    return [...held].filter((each) => !holds(each)).map(([name]) => name);
  };

const holds = (row: LeaseRow | undefined, owner: string, epoch: number): row is LeaseRow =>
  row !== undefined && row.owner === owner && row.epoch === epoch;

type Renewal = Readonly<{ held: ReadonlyMap<string, number>; ttlMs: number }>;

async function renewed(session: Session, owner: string, { held, ttlMs }: Renewal): Promise<Set<string>> {
  const { leases } = session;
  const now = await session.nowMs();
  const names = new Set<string>();
  for (const [name, epoch] of held) {
    const row = await leases.get(name);
    if (!holds(row, owner, epoch) || row.expiresMs <= now) continue;
    await leases.set(name, { ...row, expiresMs: now + ttlMs });
    names.add(name);
  }
  return names;
}

/** Leases over rows; the store's clock decides, whatever the owner's says. */
export function leasesOver(write: Write, reader: Session): Leases {
  return {
    acquire: (name, owner, ttlMs) =>
      write(async (session) => {
        const { leases } = session;
        const [row, now] = [await leases.get(name), await session.nowMs()];
        const live = row !== undefined && row.expiresMs > now;
        if (live && row.owner !== owner) return undefined;
        const epoch = live ? row.epoch : (row?.epoch ?? 0) + 1;
        await leases.set(name, { owner, epoch, expiresMs: now + ttlMs });
        return epoch;
      }),
    // oxlint-disable-next-line eslint/max-params -- the port's signature
    renew: (name, owner, epoch, ttlMs) =>
      write(async (session) => (await renewed(session, owner, { held: new Map([[name, epoch]]), ttlMs })).has(name)),
    renewAll: (owner, held, ttlMs) => write((session) => renewed(session, owner, { held, ttlMs })),
    held: async (prefix) => reader.leases.held(prefix),
    release: (name, owner, epoch) =>
      write(async ({ leases }) => {
        const row = await leases.get(name);
        if (holds(row, owner, epoch)) await leases.set(name, { ...row, expiresMs: 0 });
      }),
  };
}
