import { statfsSync } from 'node:fs';
import { storeFault } from '@gts/artefacts';
import type { Broadcasts, Cancel } from '@gts/messaging';
import type { Admission, RunningWork, WorkOf } from '../application/ports';
import { refuse } from '../domain/errors';
import { z } from 'zod';

const LEAST_FREE_BYTES = 1_000_000_000;

const TOPIC = 'cancelled';
const upTo = z.object({ runId: z.string(), epoch: z.number() });
type Work = Readonly<{ epoch: number; stop: AbortController }>;
type Here = RunningWork & Readonly<{ quiet(graceMs: number): Promise<void>; listen(): Cancel }>;

/** What runs in this process; cancels go to and come from every replica. */
export function runningWork(broadcasts: Broadcasts): Here {
  const runs = new Map<string, Set<Work>>();
  const waiting: (() => void)[] = [];
  const tell = () => {
    if (runs.size === 0) for (const each of waiting.splice(0)) each();
  };
  const cancelHere = ({ runId, epoch }: WorkOf) => {
    for (const work of runs.get(runId) ?? [])
      if (work.epoch <= epoch) work.stop.abort(new DOMException('cancelled', 'AbortError'));
  };
  return {
    begin({ runId, epoch }) {
      const own = { epoch, stop: new AbortController() };
      const all = runs.get(runId) ?? new Set();
      runs.set(runId, all.add(own));
      const end = () => {
        all.delete(own);
        if (all.size === 0 && runs.get(runId) === all) runs.delete(runId);
        tell();
      };
      return { signal: own.stop.signal, end };
    },
    /** Resolves when nothing runs, at the latest after the grace. */
    quiet: (graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
        tell();
      }),
    cancel(work) {
      // Here at once, also while the broker is away.
      cancelHere(work);
      broadcasts.tell(TOPIC, work);
    },
    /** Until the answer is called. */
    listen: () =>
      broadcasts.hear(TOPIC, (data) => {
        const heard = upTo.safeParse(data);
        if (heard.success) cancelHere(heard.data);
      }),
  };
}

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

/** The gate before new work. Asked inside units, hence synchronous. */
export function admission(folder: string, free = freeBytes): Admission & { drain(): void } {
  let draining = false;
  return {
    check() {
      if (draining) throw refuse.DRAINING();
      if (free(folder) < LEAST_FREE_BYTES) throw storeFault.full.with({ retryAfterMs: 30_000 });
    },
    get draining() {
      return draining;
    },
    drain: () => void (draining = true),
  };
}
