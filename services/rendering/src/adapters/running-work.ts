import { statfsSync } from 'node:fs';
import { storeFault } from '@gts/artefacts';
import type { Admission, RunningWork } from '../application/ports';
import { refuse } from '../domain/errors';

const LEAST_FREE_BYTES = 1_000_000_000;

/** What runs in this process; there is one replica, so a cancel needs no broadcast. */
export function runningWork(): RunningWork & { quiet(graceMs: number): Promise<void> } {
  const runs = new Map<string, Set<AbortController>>();
  const waiting: (() => void)[] = [];
  const tell = () => {
    if (runs.size === 0) for (const each of waiting.splice(0)) each();
  };
  return {
    begin(runId) {
      const own = new AbortController();
      const all = runs.get(runId) ?? new Set();
      runs.set(runId, all.add(own));
      const end = () => {
        all.delete(own);
        if (all.size === 0 && runs.get(runId) === all) runs.delete(runId);
        tell();
      };
      return { signal: own.signal, end };
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
    cancel: (runId) => runs.get(runId)?.forEach((each) => each.abort(new DOMException('cancelled', 'AbortError'))),
  };
}

/** The gate before new work. Asked inside units, hence synchronous. */
export function admission(folder: string): Admission & { drain(): void } {
  let draining = false;
  return {
    check() {
      if (draining) throw refuse.DRAINING();
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < LEAST_FREE_BYTES) throw storeFault.full.with({ retryAfterMs: 30_000 });
    },
    get draining() {
      return draining;
    },
    drain: () => void (draining = true),
  };
}
