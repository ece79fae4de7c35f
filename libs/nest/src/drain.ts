import type { Logger } from '@gts/observability';
import { DRAINING, type Readiness } from './readiness';

/** One step of a graceful end. A failure, or more time than its budget, is logged and the next step goes on. */
export type Phase = Readonly<{ name: string; budgetMs: number; work: () => Promise<unknown> }>;
type DrainOptions = Readonly<{
  logger: Logger;
  readiness: Readiness;
  /** How long requests are still served after readiness said no. */
  delayMs: number;
  /** Called before that. */
  leave: () => void;
  phases: () => readonly Phase[];
}>;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const OVERDUE = Symbol('overdue');

/** Carries out one phase within its budget: a broker that hangs must not keep the process alive. */
export async function carryOut({ name, budgetMs, work }: Phase, logger: Logger): Promise<void> {
  const start = performance.now();
  const fields = () => ({ phase: name, durationMs: Math.round(performance.now() - start) });
  try {
    const ended = await Promise.race([work(), wait(budgetMs).then(() => OVERDUE)]);
    if (ended === OVERDUE) logger.warn(fields(), 'a phase of the drain took too long and was abandoned');
    else logger.info(fields(), 'drained');
  } catch (err) {
    logger.warn({ ...fields(), err }, 'a phase of the drain failed');
  }
}

/** On SIGTERM, SIGINT or the death of the starter: not ready, then every phase in order, then exit 0. Twice: exit 1. */
export function drain({ logger, readiness, delayMs, leave, phases }: DrainOptions): void {
  let draining = false;
  const begin = async (why: string) => {
    if (draining) return process.exit(1);
    draining = true;
    logger.info({ why }, 'draining');
    readiness.set(DRAINING, why);
    leave();
    await wait(delayMs);
    for (const phase of phases()) await carryOut(phase, logger);
    return process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void begin(signal));
  // A starter that dies without a signal closes the channel; nobody would stop us otherwise.
  if (process.channel) process.on('disconnect', () => draining || void begin('the starter is gone'));
}
