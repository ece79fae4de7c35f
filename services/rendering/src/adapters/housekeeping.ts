import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtefactStore } from '@gts/artefacts';
import type { WorkerPool } from './worker/pool';

const HOUR_MS = 3_600_000;
const HANDLERS_MS = 2000;

type Deps = Readonly<{
  tmp: string;
  pools: readonly WorkerPool[];
  gate: { drain(): void };
  running: { quiet(graceMs: number): Promise<void> };
  /** Longest time that running work may still take at a stop. */
  drainMs: number;
  artefacts: ArtefactStore;
}>;

/** Sweeps what a crash left, hourly what nobody marks; lets running work end at a stop, then ends the threads. */
export function housekeeping({ tmp, pools, gate, running, drainMs, artefacts }: Deps) {
  let timer: NodeJS.Timeout | undefined;
  return {
    name: 'housekeeping',
    async start(): Promise<void> {
      for (const name of await readdir(tmp)) await rm(join(tmp, name), { recursive: true, force: true });
      timer = setInterval(() => void artefacts.sweep().catch(() => 0), HOUR_MS).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      gate.drain();
      // Between two blocks no thread works: it is the work that must have ended, not a thread.
      await running.quiet(drainMs);
      await Promise.all(pools.map((pool) => pool.stop(HANDLERS_MS)));
    },
  };
}
