import type { DataOf, EventDef, SagaCommandDef } from '@gts/contracts';
import type { Context, SagaId } from '@gts/kernel';
import type { MessageOf } from '@gts/messaging';

/** One step of one saga, as its participant knows it: the key of its row. `attempt` fences an older job. */
export type Op = Readonly<{ sagaId: SagaId; step: string; attempt: number }>;

/** What a participant answers: an outcome event now, or `doing` when a job will complete the op later. */
export type Outcome =
  Readonly<{ state: 'done' | 'failed'; event: EventDef; data: unknown }> | Readonly<{ state: 'doing' }>;

export const done = <E extends EventDef>(event: E, data: DataOf<E>): Outcome => ({ state: 'done', event, data });
export const failed = <E extends EventDef>(event: E, data: DataOf<E>): Outcome => ({ state: 'failed', event, data });
export const doing: Outcome = { state: 'doing' };

/** Lets an outcome out through the aggregate that it belongs to. `ctx` carries the saga reference. */
export type Publish = (outcome: { event: EventDef; data: unknown }, ctx: Context, op: Op) => Promise<void>;

/**
 * How one context takes part in a step. Everything runs in one unit with inbox and outbox: store only.
 * `publish` is how an outcome event gets out, first and repeated: through the aggregate's repository where the
 * event belongs to one (then it takes that aggregate's next number); left out, the op itself is the aggregate.
 * Compare `event.type`, not the object: a repetition after a restart comes from the row.
 */
export type ParticipantSpec<C extends SagaCommandDef, U extends SagaCommandDef> = Readonly<{
  /** Refuse before writing: what was written stays in the unit. Its ctx carries no saga reference. */
  do: (command: MessageOf<C>, ctx: Context, op: Op) => Promise<Outcome>;
  /** The event that a refusal thrown by `do` (rule-violated, invalid, not-found) becomes. */
  refused?: (error: { code: string; message: string }, command: MessageOf<C>) => Outcome;
  undo?: U;
  /** Takes back what `do` did and answers the event of the undo; must also serve when nothing was done (attempt 0). */
  undoDo?: (command: MessageOf<U>, ctx: Context, op: Op) => Promise<Outcome>;
  publish?: Publish;
}>;
