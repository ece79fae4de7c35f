import type { SagaCommandDef } from '@gts/contracts';
import { assertNever, type Context, isDomainError, type Kind, type SagaRef } from '@gts/kernel';
import type { GeneratedSubscription, Incoming } from '@gts/messaging';
import type { Unit } from '@gts/persistence';
import { sagaErrors } from './errors';
import type { SagaProtection } from './definition';
import type { SagaDeps } from './host-types';
import { emit, opId, plainContext, storedOutcome } from './op-outcome';
import type { Op, Outcome, ParticipantSpec } from './participant-types';
import { fenceRows, type OpRow, opRows } from './rows';

type LooseSpec = ParticipantSpec<SagaCommandDef, SagaCommandDef>;
export type Participant = Readonly<{ command: SagaCommandDef; spec: LooseSpec }>;
export type ParticipantDeps = Omit<SagaDeps, 'newId'> & Readonly<{ without?: readonly SagaProtection[] }>;

type Arrival = Readonly<{ unit: Unit; message: Incoming; saga: SagaRef; spec: LooseSpec; row: OpRow | undefined }>;
type Change = Readonly<{ state: OpRow['state']; attempt: number; outcome?: Outcome }>;

const REFUSALS: readonly Kind[] = ['rule-violated', 'invalid', 'not-found'];

/** Declares how this context answers one command of sagas, and its undo. */
export const participant = <C extends SagaCommandDef, U extends SagaCommandDef = never>(
  command: C,
  spec: ParticipantSpec<C, U>,
): Participant => ({ command, spec: spec as unknown as LooseSpec });

const opOf = ({ saga }: Arrival, attempt: number): Op => ({ sagaId: saga.id, step: saga.step, attempt });

/** Whether the epoch is current; remembers it if so. Older ones never have an effect. */
async function passesFence(unit: Unit, saga: SagaRef, deps: ParticipantDeps): Promise<boolean> {
  if (deps.without?.includes('participant fence')) return true;
  const fences = unit.collection(fenceRows);
  const fence = await fences.find(saga.id);
  if (fence && saga.epoch < fence.epoch) return false;
  await fences.put(saga.id, { epoch: saga.epoch, at: await unit.now() });
  return true;
}

/** Writes the row and lets its outcome out, if it has one. */
async function settle(deps: ParticipantDeps, at: Arrival, { state, attempt, outcome }: Change): Promise<void> {
  const { unit, saga, spec, row } = at;
  const now = await unit.now();
  const kept = outcome && outcome.state !== 'doing' ? storedOutcome(outcome) : row?.outcome;
  const command = row?.command ?? at.message.type;
  const sent = row?.sent ?? 0;
  const next: OpRow = { saga, command, state, attempt, sent, at: now, ...(kept && { outcome: kept }) };
  const op = opOf(at, attempt);
  const emitted =
    state === 'doing' ? next : await emit({ ...deps, publish: spec.publish }, { unit, op, row: next, now });
  await unit.collection(opRows).put(opId(op), emitted);
}

/** Runs `do` as a joined transaction: one that wrote before it threw dooms the unit, so nothing is done half. */
async function attemptDo({ store }: ParticipantDeps, { unit, message, spec }: Arrival, op: Op): Promise<Outcome> {
  const ctx = plainContext(unit);
  try {
    return await store.transaction(ctx, () => spec.do(message as never, ctx, op));
  } catch (error) {
    if (!spec.refused || !isDomainError(error) || !REFUSALS.includes(error.kind)) throw error;
    return spec.refused({ code: error.code, message: error.message }, message as never);
  }
}

async function onCommand(deps: ParticipantDeps, at: Arrival): Promise<void> {
  const { row } = at;
  if (!row) return firstOrAgain(deps, at);
  switch (row.state) {
    case 'failed':
      return firstOrAgain(deps, at);
    case 'doing':
    case 'done':
      return settle(deps, at, { state: row.state, attempt: row.attempt });
    case 'undone':
    case 'tombstone':
      return refuseUndone(deps, at, row);
    default:
      return assertNever(row.state);
  }
}

async function firstOrAgain(deps: ParticipantDeps, at: Arrival): Promise<void> {
  const attempt = (at.row?.attempt ?? 0) + 1;
  const outcome = await attemptDo(deps, at, opOf(at, attempt));
  return settle(deps, at, { state: outcome.state, attempt, outcome });
}

/** Anti-hang: the undo came first, so the command must never start. Its own answer is not kept. */
async function refuseUndone(deps: ParticipantDeps, at: Arrival, row: OpRow): Promise<void> {
  const { unit, saga, spec, message } = at;
  deps.observe?.({ fact: 'fenced', type: saga.type, step: saga.step });
  const error = sagaErrors.UNDONE(saga.step);
  const outcome = spec.refused?.({ code: error.code, message: error.message }, message as never);
  if (!outcome || outcome.state === 'doing') return;
  const op = opOf(at, row.attempt);
  const answer: OpRow = { ...row, saga, outcome: storedOutcome(outcome) };
  const now = await unit.now();
  const { sent } = await emit({ ...deps, publish: spec.publish }, { unit, op, row: answer, now });
  await unit.collection(opRows).put(opId(op), { ...row, saga, sent });
}

async function onUndo(deps: ParticipantDeps, at: Arrival): Promise<void> {
  const { row } = at;
  if (row?.state === 'undone' || row?.state === 'tombstone')
    return settle(deps, at, { state: row.state, attempt: row.attempt });
  const attempt = fencingAttempt(row);
  const outcome = await attemptUndo(at, attempt);
  // The mutation check's broken twin remembers nothing that would keep a late command from starting.
  const empty = deps.without?.includes('tombstone') ? 'failed' : 'tombstone';
  return settle(deps, at, { state: row ? 'undone' : empty, attempt, outcome });
}

/** A newer attempt fences the job that still runs. */
const fencingAttempt = (row: OpRow | undefined): number => (row?.attempt ?? 0) + (row?.state === 'doing' ? 1 : 0);

async function attemptUndo({ unit, message, spec, saga, row }: Arrival, attempt: number) {
  const something = row?.state === 'doing' || row?.state === 'done';
  const op: Op = { sagaId: saga.id, step: saga.step, attempt: something ? attempt : 0 };
  const outcome = await spec.undoDo?.(message as never, plainContext(unit), op);
  if (!outcome || outcome.state === 'doing')
    throw new TypeError(`the undo of '${saga.step}' must answer an event at once`);
  return outcome;
}

async function react(deps: ParticipantDeps, at: Omit<Arrival, 'row' | 'saga'>): Promise<void> {
  const { unit, message, spec } = at;
  const { saga } = message;
  if (!saga) throw sagaErrors.REFERENCE_MISSING(message.type);
  if (!(await passesFence(unit, saga, deps))) {
    deps.observe?.({ fact: 'fenced', type: saga.type, step: saga.step });
    return;
  }
  const row = await unit.collection(opRows).find(opId({ sagaId: saga.id, step: saga.step }));
  const arrival: Arrival = { ...at, saga, row };
  return message.type === spec.undo?.type ? onUndo(deps, arrival) : onCommand(deps, arrival);
}

/**
 * The consumer of a context's part in sagas: fences, empty undos, repetitions and refusals by the table of
 * `delivery.md` §9; one unit a message.
 */
export function participants(name: string, list: readonly Participant[], deps: ParticipantDeps): GeneratedSubscription {
  const specs = new Map(
    list.flatMap(({ command, spec }) =>
      [command, spec.undo].filter((def) => def !== undefined).map((def) => [def.type, { def, spec }] as const),
    ),
  );
  const apply = async (message: Incoming, ctx: Context): Promise<void> => {
    const found = specs.get(message.type);
    if (!found) return;
    await deps.store.transaction(ctx, (unit) => react(deps, { unit, message, spec: found.spec }));
  };
  return { kind: 'participant', name, defs: [...specs.values()].map(({ def }) => def), apply };
}
