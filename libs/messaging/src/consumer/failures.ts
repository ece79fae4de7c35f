import { epochMsOf, type Instant } from '@gts/kernel';
import type { Unit } from '@gts/persistence';
import type { Delivery } from '../bus';
import { fault } from '../fault';
import { jitter } from '../ports';
import { serviceContext } from '../service-context';
import { excuse, noteFailure } from './attempts';
import type { ConsumerDeps } from './deps';
import { park } from './park';
import { codeOf, delayAfter, MOST_ATTEMPTS, type Verdict, verdictOf } from './verdict';

const EXCUSED_CONFLICTS = 20;
const CONFLICT_MS = 250;

export type Failed = Readonly<{
  delivery: Delivery;
  consumer: string;
  key: string;
  guarded: boolean;
  error: unknown;
}>;
export type Pausing = (dependency: string) => void;

const inUnit = <R>(deps: ConsumerDeps, run: (unit: Unit) => Promise<R>): Promise<R> =>
  deps.store.transaction(serviceContext(deps.service, 'attempts'), run);

async function parkAs(deps: ConsumerDeps, failed: Failed, reason: string): Promise<void> {
  await park(deps, { ...failed, reason });
  failed.delivery.ack();
}

async function retry(deps: ConsumerDeps, failed: Failed, most: number): Promise<void> {
  const failures = await inUnit(deps, (unit) => noteFailure(unit, failed, codeOf(failed.error)));
  if (failures >= most) return parkAs(deps, failed, 'ATTEMPTS_EXHAUSTED');
  failed.delivery.nak(jitter(deps.scheduler, delayAfter(failures)));
}

async function conflict(deps: ConsumerDeps, failed: Failed): Promise<void> {
  const excused = await inUnit(deps, (unit) => excuse(unit, failed, failed.guarded));
  if (excused > EXCUSED_CONFLICTS) return retry(deps, failed, MOST_ATTEMPTS);
  failed.delivery.nak(deps.scheduler.random() * CONFLICT_MS);
}

async function wait(deps: ConsumerDeps, failed: Failed, verdict: Verdict & { act: 'wait' }): Promise<void> {
  const age = epochMsOf(await deps.store.now()) - epochMsOf(verdict.since as Instant);
  if (age > verdict.parkAfterMs) return parkAs(deps, failed, verdict.reason);
  deps.log.warn({ consumer: failed.consumer, reason: verdict.reason }, 'message is ahead of this release');
  if (failed.guarded) await inUnit(deps, (unit) => excuse(unit, failed, true));
  failed.delivery.nak(verdict.delayMs);
}

function warn(deps: ConsumerDeps, { consumer, delivery, error }: Failed): void {
  const { deliveryCount, headers } = delivery;
  deps.log.warn({ consumer, deliveryCount, type: headers['Gts-Type'], ...fault(error) }, 'message failed');
}

/** Judges a failed message alone: parked, handed back with a delay, or a reason to pause. */
export async function settleFailure(deps: ConsumerDeps, failed: Failed, pausing: Pausing): Promise<void> {
  const verdict = verdictOf(failed.error);
  warn(deps, failed);
  deps.metrics.count('messaging_client_consumed_messages_total', {
    consumer: failed.consumer,
    error_type: verdict.act,
  });
  switch (verdict.act) {
    case 'park':
      return parkAs(deps, failed, verdict.reason);
    case 'retry':
      return retry(deps, failed, verdict.most);
    case 'conflict':
      return conflict(deps, failed);
    case 'wait':
      return wait(deps, failed, verdict);
    case 'pause':
      pausing(verdict.dependency);
      if (failed.guarded) await inUnit(deps, (unit) => excuse(unit, failed, true)).catch(() => undefined);
      return failed.delivery.nak(5000);
  }
}
