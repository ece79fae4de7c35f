import { setTimeout as wait } from 'node:timers/promises';
import type { Background } from '@gts/nest';
import type { Logger } from '@gts/observability';
import type { Store } from '@gts/persistence';

const EVERY_MS = 5000;
const LEASE_MS = 15_000;

type Sweeper = Readonly<{ store: Store; logger: Logger; owner: string; sweep: () => Promise<void> }>;

/** Runs the sweep every 5 s in the one replica that holds the lease. */
export function sweeper({ store, logger, owner, sweep }: Sweeper): Background {
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      if ((await store.leases.acquire('sweep', owner, LEASE_MS)) !== undefined) await sweep();
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
    name: 'sweep',
    start: () => void (running = loop()),
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
