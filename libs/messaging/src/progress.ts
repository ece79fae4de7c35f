import { progressFilter, progressSubject } from '@gts/contracts';
import type { Clock, ContextName, NewId, ServiceName } from '@gts/kernel';
import type { NatsConnection } from 'nats';
import type { ProgressReporter } from './callers';
import { headersOf } from './headers';
import { rawHeaders } from './nats/wire';
import { type Metrics, noMetrics, type Scheduler, systemScheduler } from './ports';

const BETWEEN_MS = 250;
const text = new TextEncoder();

export type ProgressOptions = Readonly<{
  nc: NatsConnection;
  service: ServiceName;
  newId: NewId;
  clock: Clock;
  scheduler?: Scheduler;
  metrics?: Metrics;
}>;
type Slot = { send: (() => void) | undefined };

/** Progress over core publish: at most 4 a second an aggregate, the latest wins, losses are counted. */
export function createProgressReporter(options: ProgressOptions): ProgressReporter {
  const { nc, service, newId, clock, scheduler = systemScheduler, metrics = noMetrics } = options;
  const slots = new Map<string, Slot>();
  const next = (subject: string, slot: Slot) =>
    scheduler.after(BETWEEN_MS, () => {
      const { send } = slot;
      if (!send) return void slots.delete(subject);
      slot.send = undefined;
      send();
      return void next(subject, slot);
    });
  const throttled = (subject: string, send: () => void) => {
    const slot = slots.get(subject);
    if (slot) {
      if (slot.send) metrics.count('messaging_progress_dropped_total');
      slot.send = send;
      return;
    }
    const fresh: Slot = { send: undefined };
    slots.set(subject, fresh);
    send();
    next(subject, fresh);
  };
  return {
    report: (def, aggregateId, ...[data, ctx]) => {
      const envelope = {
        id: newId<'Message'>(),
        kind: 'progress' as const,
        type: def.type,
        version: def.version,
        producer: service,
        occurredAt: clock.now(),
        tenantId: ctx.tenantId,
        correlationId: ctx.correlationId,
        causationId: ctx.causationId ?? ctx.correlationId,
        actor: ctx.actor,
        ...(ctx.traceparent !== undefined && { traceparent: ctx.traceparent }),
        data: def.data.parse(data),
      };
      const subject = progressSubject(def, aggregateId);
      throttled(subject, () => {
        if (nc.isClosed()) return metrics.count('messaging_progress_dropped_total');
        nc.publish(subject, text.encode(JSON.stringify(envelope)), { headers: rawHeaders(headersOf(envelope)) });
      });
    },
  };
}

/** Subjects of a context's progress, for `followProgress`. */
export const progressOf = (context: ContextName): string => progressFilter(context);
