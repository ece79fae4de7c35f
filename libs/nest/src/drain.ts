import type { Logger } from '@gts/observability';
import type { Readiness } from './ops-server';

/** One step of a graceful end; a failure is logged and the next step goes on. */
export type Phase = Readonly<{ name: string; work: () => Promise<unknown> }>;
type DrainOptions = Readonly<{
  logger: Logger;
  readiness: Readiness;
  /** How long requests are still served after readiness said no. */
  delayMs: number;
  phases: () => readonly Phase[];
}>;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function carryOut({ name, work }: Phase, logger: Logger): Promise<void> {
  const start = performance.now();
  try {
    await work();
    logger.info({ phase: name, durationMs: Math.round(performance.now() - start) }, 'drained');
  } catch (err) {
    logger.warn({ phase: name, err }, 'a phase of the drain failed');
  }
}

/** On SIGTERM, SIGINT or the death of the starter: not ready, then every phase in order, then exit 0. Twice: exit 1. */
export function drain({ logger, readiness, delayMs, phases }: DrainOptions): void {
  let draining = false;
  const begin = async (why: string) => {
    if (draining) return process.exit(1);
    draining = true;
    logger.info({ why }, 'draining');
    readiness.set('draining', why);
    await wait(delayMs);
    for (const phase of phases()) await carryOut(phase, logger);
    return process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void begin(signal));
  // A starter that dies without a signal closes the channel; nobody would stop us otherwise.
  if (process.channel) process.on('disconnect', () => draining || void begin('the starter is gone'));
}
