import { instant } from '@gts/contracts';
import type { EventDef, SagaCommandDef } from '@gts/contracts';
import type { Instant, MessageId, SagaId, SagaRef, TenantId } from '@gts/kernel';
import { z } from 'zod';

const branded = <T>() => z.string().min(1) as unknown as z.ZodType<T, T>;
const attempt = { step: z.string(), undo: z.boolean(), attempt: z.int() };

/** The state of one run of a saga; everything that must survive a restart. */
export const sagaInstance = z.strictObject({
  id: branded<SagaId>(),
  type: z.string(),
  definitionVersion: z.int(),
  tenantId: branded<TenantId>(),
  key: z.string(),
  data: z.unknown(),
  state: z.enum(['running', 'compensating', 'stuck', 'completed', 'compensated', 'aborted']),
  stuckIn: z.enum(['running', 'compensating']).optional(),
  /** +1 for every input that changed it. */
  version: z.int(),
  /** +1 for every issued command, also its orderSeq in the outbox. */
  epoch: z.int(),
  pivotSent: z.boolean(),
  pivotDone: z.boolean(),
  why: z.strictObject({ code: z.string(), step: z.string(), failed: z.unknown().optional() }).optional(),
  /** While unfinished and not stuck exactly one of `pending` and `waitingRetry` is set. */
  pending: z
    .strictObject({ ...attempt, epoch: z.int(), messageId: branded<MessageId>(), since: instant, dueAt: instant })
    .optional(),
  waitingRetry: z.strictObject({ ...attempt, dueAt: instant }).optional(),
  /** Undo stack, oldest first. */
  armed: z.array(z.strictObject({ step: z.string(), state: z.enum(['armed', 'undone', 'skipped']) })),
  timeline: z.array(
    z.strictObject({ at: instant, what: z.string(), step: z.string().optional(), epoch: z.int().optional() }),
  ),
  /** Last time that a step or an undo was done: 24 h later the saga is stuck. */
  progressAt: instant,
});
export type SagaInstance = Readonly<z.output<typeof sagaInstance>>;
export type Pending = NonNullable<SagaInstance['pending']>;

/** A command on its way; `id` is the message id that `pending` remembers. */
export type SagaCommand = Readonly<{ id: MessageId; message: SagaCommandDef; data: unknown; saga: SagaRef }>;

export type TimerKind = 'timeout' | 'retry' | 'stuck';
export type TimerKey = Readonly<{ sagaId: SagaId; epoch: number; kind: TimerKind }>;
export type Timer = TimerKey & Readonly<{ dueAt: Instant }>;

export type OperatorVerb = 'retry' | 'skip' | 'cancel' | 'abort';
type Start = Readonly<{ type: 'start'; id: SagaId; tenantId: TenantId; data: unknown }>;
type Reply = Readonly<{ type: 'reply'; saga: SagaRef; outcome: Readonly<{ event: EventDef['type']; data: unknown }> }>;
type TimerFired = Readonly<{ type: 'timer'; epoch: number; kind: TimerKind }>;
type Cancel = Readonly<{ type: 'cancel' }>;
type Operator = Readonly<{ type: 'operator'; verb: OperatorVerb; reason: string; actor: string }>;

/** One thing that happens to a saga. `now` is store time. */
export type Input = Readonly<{ now: Instant; newId: () => MessageId }> &
  (Start | Reply | TimerFired | Cancel | Operator);
export type InputOf<T extends Input['type']> = Extract<Input, { type: T }>;

export type StepResult = Readonly<{
  instance: SagaInstance;
  outbox: readonly SagaCommand[];
  timers: Readonly<{ set: readonly Timer[]; clear: readonly TimerKey[] }>;
  /** Set when the input came too late or from an old epoch and changed nothing but the timeline. */
  ignored?: 'stale reply' | 'stale timer' | 'too late to cancel';
}>;

const ENDED: readonly SagaInstance['state'][] = ['completed', 'compensated', 'aborted'];
export const isEnded = (instance: SagaInstance): boolean => ENDED.includes(instance.state);
