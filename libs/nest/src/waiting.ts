import type { Log } from '@gts/messaging';
import type { Readiness } from './readiness';

const RETRY_MS = 2000;

export type WaitingDeps = Readonly<{
  readiness: Pick<Readiness, 'set'>;
  log: Pick<Log, 'info'>;
  wait: (ms: number) => Promise<void>;
}>;
type Work<R> = WaitingDeps &
  Readonly<{
    /** Names what is waited for in readiness. */
    part: string;
    work: () => Promise<R>;
    /** Faults that waiting does not cure; they end the start. */
    hopeless: (error: unknown) => boolean;
  }>;

export const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/**
 * Tries every 2 s until it works, and says in readiness what is missing: so services, broker, stores and the jobs that
 * prepare them may start in any order.
 */
export async function untilThere<R>({ part, work, hopeless, readiness, log, ...deps }: Work<R>): Promise<R> {
  for (let told = ''; ; await deps.wait(RETRY_MS)) {
    try {
      const result = await work();
      readiness.set(part, undefined);
      return result;
    } catch (error) {
      if (hopeless(error)) throw error;
      const missing = error instanceof Error ? error.message : String(error);
      readiness.set(part, missing);
      if (missing !== told) log.info({ missing }, `waiting for the ${part}`);
      told = missing;
    }
  }
}
