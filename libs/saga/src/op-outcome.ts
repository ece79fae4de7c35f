import type { Context, Instant } from '@gts/kernel';
import type { EventDef } from '@gts/contracts';
import type { Outgoing } from '@gts/messaging';
import type { Encoder, Unit } from '@gts/persistence';
import { z } from 'zod';
import type { Op, Outcome, Publish } from './participant-types';
import type { OpRow, StoredOutcome } from './rows';

type Decided = Exclude<Outcome, { state: 'doing' }>;
export type Emission = Readonly<{ unit: Unit; op: Op; row: OpRow; now: Instant }>;

export const opId = ({ sagaId, step }: Pick<Op, 'sagaId' | 'step'>): string => `${sagaId}:${step}`;

export const storedOutcome = ({ event, data }: Decided): StoredOutcome => {
  const { context, name, type, version, aggregate } = event;
  return { event: { context, name, type, version, aggregate }, data };
};

/** The event as it was defined when it was stored: a repetition after a release still says what was said. */
const eventOf = ({ event }: StoredOutcome): EventDef =>
  ({ kind: 'event', summary: '', data: z.unknown(), example: undefined, ...event }) as unknown as EventDef;

/** The caller's ctx without the saga: what `do` sends besides the outcome belongs to no saga. */
export const plainContext = (unit: Unit): Context => unit.with({ ...unit.ctx, saga: undefined }).ctx;

/** Sends the stored outcome once more under the latest reference; answers the row to keep. */
export async function emit(
  { encoder, publish }: Readonly<{ encoder: Encoder<Outgoing>; publish: Publish | undefined }>,
  { unit, op, row, now }: Emission,
): Promise<OpRow> {
  if (!row.outcome) return row;
  const event = eventOf(row.outcome);
  const { data } = row.outcome;
  const ctx = unit.with({ ...unit.ctx, saga: row.saga }).ctx;
  if (publish) {
    await publish({ event, data }, ctx, op);
    return row;
  }
  const sent = row.sent + 1;
  const aggregate = { type: event.aggregate, id: opId(op), version: sent };
  unit.outbox.add(encoder.encode({ message: event, data }, { ctx, occurredAt: now, aggregate }));
  return { ...row, sent };
}
