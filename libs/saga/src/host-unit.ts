import type { Context, Instant, MessageId, SagaId } from '@gts/kernel';
import type { Outgoing } from '@gts/messaging';
import type { Stored, Unit } from '@gts/persistence';
import type { AnySaga } from './definition';
import { sagaErrors } from './errors';
import type { HostDeps, SagaFact } from './host-types';
import { type Input, isEnded, type SagaCommand, type SagaInstance, type StepResult } from './instance';
import { type SagaRow, sagaRows, timerRows } from './rows';
import { timerId } from './schedule';
import { step } from './step';

export type Origin = SagaRow['origin'];
type Cause = Readonly<{ ctx: Context; causationId?: string | undefined }>;
/** An input before the host adds time and ids. */
export type Impulse = Input extends infer I ? (I extends Input ? Omit<I, 'now' | 'newId'> : never) : never;

const RETRY_UNKNOWN_MS = 60_000;

/** The definition that an instance was started with. @throws SAGA.VERSION_UNKNOWN */
export function definitionFor(definition: AnySaga, deps: HostDeps, instance: SagaInstance): AnySaga {
  const known = [definition, ...(deps.versions ?? [])];
  const found = known.find((each) => each.version === instance.definitionVersion);
  if (found) return found;
  const { type, definitionVersion } = instance;
  throw sagaErrors.VERSION_UNKNOWN.with({ retryAfterMs: RETRY_UNKNOWN_MS }, type, definitionVersion);
}

const rowOf = (instance: SagaInstance, origin: Origin, times: { startedAt: Instant; now: Instant }): SagaRow => ({
  instance: { ...instance, armed: [...instance.armed], timeline: [...instance.timeline] },
  tenantId: instance.tenantId,
  type: instance.type,
  state: instance.state,
  startedAt: times.startedAt,
  activeKey: isEnded(instance) ? null : instance.key,
  endedAt: isEnded(instance) ? times.now : null,
  origin,
});

function send(unit: Unit, { encoder }: HostDeps, at: Cause & { command: SagaCommand; row: SagaRow; now: Instant }) {
  const { command, row, ctx, causationId, now } = at;
  const message = { message: command.message, data: command.data } as Outgoing;
  const traceparent = ctx.traceparent ?? row.origin.traceparent;
  const sender: Context = {
    ...ctx,
    tenantId: row.tenantId,
    actor: { kind: 'saga', id: command.saga.id },
    correlationId: row.origin.correlationId,
    causationId: causationId ?? row.origin.causationId,
    traceparent,
    commandId: undefined,
    saga: command.saga,
  };
  unit.outbox.add(encoder.encode(message, { ctx: sender, occurredAt: now, id: command.id }));
}

function factOf(before: SagaInstance | undefined, { instance, ignored }: StepResult): SagaFact | undefined {
  const { type, id: sagaId, state } = instance;
  if (ignored) return { fact: 'ignored', type, reason: ignored };
  if (!before) return { fact: 'started', type, sagaId };
  if (before.state === state) return undefined;
  if (isEnded(instance)) return { fact: 'finished', type, sagaId, outcome: state };
  return state === 'stuck' || state === 'compensating' ? { fact: state, type, sagaId } : undefined;
}

async function writeTimers(unit: Unit, { instance, timers }: StepResult) {
  const rows = unit.collection(timerRows);
  for (const each of timers.clear) await rows.delete(timerId(each));
  for (const { sagaId, epoch, kind, dueAt } of timers.set) {
    const { type, tenantId } = instance;
    await rows.put(timerId({ sagaId, epoch, kind }), { sagaId, tenantId, type, epoch, kind, dueAt });
  }
}

/**
 * One input in one unit: instance under its version, timers and outbox.
 * @throws STORE.VERSION_CONFLICT when another input won; the caller begins again from the load
 */
export async function advance(
  definition: AnySaga,
  deps: HostDeps,
  at: Cause & { unit: Unit; row: Stored<SagaRow> | undefined; impulse: Impulse; origin: Origin },
): Promise<SagaInstance> {
  const { unit, row } = at;
  const now = await unit.now();
  const known = row ? definitionFor(definition, deps, row.instance) : definition;
  const input = { ...at.impulse, now, newId: () => deps.newId<'Message'>() as MessageId } as Input;
  const result = step(known, row?.instance, input);
  await deps.probe?.('saga.afterStep');
  const next = rowOf(result.instance, at.origin, { startedAt: row?.startedAt ?? now, now });
  if (row) await unit.collection(sagaRows).replace(row.meta.id, row.meta.version, next);
  else await unit.collection(sagaRows).insert(result.instance.id, next);
  await writeTimers(unit, result);
  for (const command of result.outbox) send(unit, deps, { ...at, command, row: next, now });
  const fact = factOf(row?.instance, result);
  unit.afterCommit(() => {
    if (fact) deps.observe?.(fact);
    void deps.probe?.('saga.afterCommit');
  });
  return result.instance;
}

/** The unfinished saga of a key, if there is one. */
export async function activeSaga(unit: Unit, type: string, key: string): Promise<Stored<SagaRow> | undefined> {
  const where = { tenantId: unit.ctx.tenantId, type, activeKey: key };
  const page = await unit.collection(sagaRows).query({ index: 'byKey', where, limit: 1 });
  return page.items[0];
}

export const sagaById = (unit: Unit, id: SagaId): Promise<Stored<SagaRow> | undefined> =>
  unit.collection(sagaRows).find(id);
