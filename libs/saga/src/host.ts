import type { Context, SagaId } from '@gts/kernel';
import type { GeneratedSubscription, Incoming } from '@gts/messaging';
import type { Unit } from '@gts/persistence';
import { type AnySaga, eventsOf } from './definition';
import { sagaErrors } from './errors';
import type { HostDeps } from './host-types';
import { activeSaga, advance, sagaById } from './host-unit';
import { operatorVerbs, type OperatorVerbs } from './operator-verbs';
import { sagaTimers, type SagaTimers } from './timers';

export type SagaHost = Readonly<{
  definition: AnySaga;
  /** Versions of the definition that instances may be on. */
  versions: readonly number[];
  /** Goes into the service's subscriptions; named after the saga. */
  subscription: GeneratedSubscription;
  /** Goes into the service's background: polls due timers under a lease, by store time. */
  timers: SagaTimers;
  operator: OperatorVerbs;
}>;

type Arrival = Readonly<{ unit: Unit; message: Incoming; ctx: Context }>;

async function start(definition: AnySaga, deps: HostDeps, { unit, message, ctx }: Arrival): Promise<void> {
  const key = definition.key(message.data as never);
  if (await activeSaga(unit, definition.type, key)) {
    deps.observe?.({ fact: 'ignored', type: definition.type, reason: 'second start' });
    return;
  }
  const { correlationId, traceparent } = ctx;
  const origin = { correlationId, causationId: message.id, ...(traceparent !== undefined && { traceparent }) };
  const impulse = {
    type: 'start',
    id: deps.newId<'Saga'>() as SagaId,
    tenantId: message.tenantId,
    data: message.data,
  } as const;
  await advance(definition, deps, { unit, ctx, causationId: message.id, row: undefined, impulse, origin });
}

async function cancel(definition: AnySaga, deps: HostDeps, { unit, message, ctx }: Arrival): Promise<void> {
  const key = definition.cancelOn?.key(message.data) ?? '';
  const row = await activeSaga(unit, definition.type, key);
  if (!row) return;
  const impulse = { type: 'cancel' } as const;
  await advance(definition, deps, { unit, ctx, causationId: message.id, row, impulse, origin: row.origin });
}

async function reply(definition: AnySaga, deps: HostDeps, { unit, message, ctx }: Arrival): Promise<void> {
  const { saga } = message;
  if (saga?.type !== definition.type) return;
  const row = await sagaById(unit, saga.id);
  if (!row) {
    deps.observe?.({ fact: 'ignored', type: definition.type, reason: 'unknown' });
    return;
  }
  if (row.tenantId !== message.tenantId) throw sagaErrors.TENANT_MISMATCH();
  const impulse = { type: 'reply', saga, outcome: { event: message.type, data: message.data } } as const;
  await advance(definition, deps, { unit, ctx, causationId: message.id, row, impulse, origin: row.origin });
}

const handlerFor = (definition: AnySaga, message: Incoming) => {
  if (message.type === definition.start.type) return start;
  return message.type === definition.cancelOn?.event.type ? cancel : reply;
};

/** Runs the instances of one saga over the service's store: a subscription, timers and operator verbs. */
export function sagaHost(definition: AnySaga, deps: HostDeps): SagaHost {
  const apply = (message: Incoming, ctx: Context): Promise<void> =>
    deps.store.transaction(ctx, (unit) => handlerFor(definition, message)(definition, deps, { unit, message, ctx }));
  return {
    definition,
    versions: [definition, ...(deps.versions ?? [])].map(({ version }) => version),
    subscription: { kind: 'saga', name: definition.type, defs: eventsOf(definition), apply },
    timers: sagaTimers(definition, deps),
    operator: operatorVerbs(definition, deps),
  };
}
