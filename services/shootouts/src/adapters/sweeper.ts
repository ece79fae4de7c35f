import { setTimeout as wait } from 'node:timers/promises';
import type { Background } from '@gts/nest';
import type { Logger } from '@gts/observability';
import type { Store } from '@gts/persistence';

const EVERY_MS = 5000;
const LEASE_MS = 15_000;
/** 'sweep' is the store's own. */
const LEASE = 'shootouts/overdue';

type Sweeper = Readonly<{ store: Store; logger: Logger; owner: string; sweep: () => Promise<void> }>;

/** Runs the sweep every 5 s in one replica at a time. */
export function sweeper({ store, logger, owner, sweep }: Sweeper): Background {
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      const epoch = await store.leases.acquire(LEASE, owner, LEASE_MS);
      if (epoch === undefined) return;
      await sweep();
      await store.leases.release(LEASE, owner, epoch);
    } catch (error) {
      logger.warn({ err: error }, 'sweep failed, it is tried again');
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await round();
      await wait(EVERY_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  };
  return {
    name: 'overdue',
    start: () => void (running = loop()),
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
