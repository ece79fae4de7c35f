import type { Leases } from './ports';
import type { LeaseRow, Session } from './session';

/** Opens a unit of the library's own. */
export type Write = <R>(work: (session: Session) => Promise<R>) => Promise<R>;

/** `touch` of adapters that have rows and a clock of their own. */
export const touchOver =
  (
    { get, set }: { get: (name: string) => LeaseRow | undefined; set: (name: string, row: LeaseRow) => void },
    nowMs: () => number,
  ) =>
  (name: string, epoch: number): boolean => {
    const row = get(name);
    if (!row || row.epoch !== epoch || row.expiresMs <= nowMs()) return false;
    set(name, row);
    return true;
  };

/** Leases over rows; the store's clock decides, whatever the owner's says. */
export function leasesOver(write: Write): Leases {
  const holds = (row: LeaseRow | undefined, owner: string, epoch: number): row is LeaseRow =>
    row !== undefined && row.owner === owner && row.epoch === epoch;
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
      write(async (session) => {
        const { leases } = session;
        const [row, now] = [await leases.get(name), await session.nowMs()];
        if (!holds(row, owner, epoch) || row.expiresMs <= now) return false;
        await leases.set(name, { ...row, expiresMs: now + ttlMs });
        return true;
      }),
    release: (name, owner, epoch) =>
      write(async ({ leases }) => {
        const row = await leases.get(name);
        if (holds(row, owner, epoch)) await leases.set(name, { ...row, expiresMs: 0 });
      }),
  };
}
