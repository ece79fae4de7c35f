import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtefactStore } from '@gts/artefacts';
import { type Clock, type Instant, instantOf } from '@gts/kernel';
import type { Cancel } from '@gts/messaging';
import type { WorkerPool } from './worker/pool';

const HOUR_MS = 3_600_000;
const HANDLERS_MS = 2000;
/** Results of stages that nobody asked for since are made again when somebody does. */
const KEPT_MS = 14 * 24 * HOUR_MS;

type Deps = Readonly<{
  tmp: string;
  pools: readonly WorkerPool[];
  gate: { drain(): void };
  running: { quiet(graceMs: number): Promise<void>; listen(): Cancel };
  /** Longest time that running work may still take at a stop. */
  drainMs: number;
  artefacts: ArtefactStore;
  cache: { sweep(before: Instant): Promise<number> };
  clock: Clock;
}>;

/** Sweeps what a crash left, hourly what nobody marks; lets running work end at a stop, then ends the threads. */
export function housekeeping({ tmp, pools, gate, running, drainMs, artefacts, cache, clock }: Deps) {
  let timer: NodeJS.Timeout | undefined;
  let deaf: Cancel = () => undefined;
  const sweep = async (): Promise<void> => {
    await cache.sweep(instantOf(clock.epochMs() - KEPT_MS));
    await artefacts.sweep();
  };
  return {
    name: 'housekeeping',
    async start(): Promise<void> {
      deaf = running.listen();
      for (const name of await readdir(tmp)) await rm(join(tmp, name), { recursive: true, force: true });
      timer = setInterval(() => void sweep().catch(() => 0), HOUR_MS).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      gate.drain();
      // Between two blocks no thread works: it is the work that must have ended, not a thread.
      await running.quiet(drainMs);
      deaf();
      await Promise.all(pools.map((pool) => pool.stop(HANDLERS_MS)));
    },
  };
}
