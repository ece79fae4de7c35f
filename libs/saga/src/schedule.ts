import { epochMsOf, type Instant, instantOf } from '@gts/kernel';
import { type AnySaga, stepNamed } from './definition';
import type { SagaInstance, Timer, TimerKey } from './instance';

const LONGEST_WAIT_MS = 600_000;
const STUCK_AFTER_MS = 86_400_000;

/** `baseMs` doubled for every attempt before this one, at most 10 minutes. */
export const backoffMs = (baseMs: number, attempt: number): number =>
  Math.min(baseMs * 2 ** Math.min(attempt - 1, 30), LONGEST_WAIT_MS);

/** A factor in 0.8..1.2 taken from an id (FNV-1a 32), so that deciding stays pure. */
export function jitterOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return 0.8 + (0.4 * hash) / 0xffffffff;
}

export const after = (now: Instant, ms: number): Instant => instantOf(epochMsOf(now) + Math.round(ms));

/** Whether the saga waits on something that never gives up by itself, so that somebody must look after a day. */
function mayGetStuck(definition: AnySaga, instance: SagaInstance): boolean {
  if (instance.state === 'compensating' || instance.pivotSent) return true;
  const at = instance.pending?.step ?? instance.waitingRetry?.step ?? '';
  return stepNamed(definition, at)?.attempts === Number.POSITIVE_INFINITY;
}

/** The timers that an instance must have, no more and no less. */
export function timersOf(definition: AnySaga, instance: SagaInstance): readonly Timer[] {
  const { id: sagaId, epoch, pending, waitingRetry, state } = instance;
  if (state !== 'running' && state !== 'compensating') return [];
  const stuckAt = after(instance.progressAt, STUCK_AFTER_MS);
  return [
    ...(pending ? [{ sagaId, epoch, kind: 'timeout', dueAt: pending.dueAt } as const] : []),
    ...(waitingRetry ? [{ sagaId, epoch, kind: 'retry', dueAt: waitingRetry.dueAt } as const] : []),
    ...(mayGetStuck(definition, instance) ? [{ sagaId, epoch, kind: 'stuck', dueAt: stuckAt } as const] : []),
  ];
}

export const timerId = ({ sagaId, epoch, kind }: TimerKey): string => `${sagaId}:${epoch}:${kind}`;

/** What to write so that the timers of `before` become those of `after`. */
export function timerChanges(before: readonly Timer[], now: readonly Timer[]) {
  const same = (a: Timer) => (b: Timer) => timerId(a) === timerId(b) && a.dueAt === b.dueAt;
  return {
    set: now.filter((each) => !before.some(same(each))),
    clear: before
      .filter((each) => !now.some((other) => timerId(other) === timerId(each)))
      .map(({ sagaId, epoch, kind }) => ({ sagaId, epoch, kind })),
  };
}
