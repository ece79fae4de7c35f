/** How long partitions and redrives stay with a process that died (delivery.md §6). */
export const LEASE_MS = 10_000;

/** After how long a lease is renewed: early enough that the next two tries are in time, too. */
export const renewAfterMs = (leaseMs: number): number => leaseMs * 0.3;
