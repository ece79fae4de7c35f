import { instant } from '@gts/contracts';
import type { SagaId, TenantId } from '@gts/kernel';
import { collection } from '@gts/persistence';
import { z } from 'zod';
import { sagaInstance } from './instance';

const branded = <T>() => z.string().min(1) as unknown as z.ZodType<T, T>;

/** A saga with what its commands inherit from the message that started it. */
const sagaRow = z.strictObject({
  instance: sagaInstance,
  tenantId: branded<TenantId>(),
  type: z.string(),
  state: z.string(),
  startedAt: instant,
  /** Null once ended: the unique index then forgets the key. */
  activeKey: z.string().nullable(),
  endedAt: instant.nullable(),
  origin: z.strictObject({ correlationId: z.string(), causationId: z.string(), traceparent: z.string().optional() }),
});
export type SagaRow = z.output<typeof sagaRow>;

export const sagaRows = collection<SagaRow>('sagas', {
  schema: sagaRow,
  scope: 'global',
  indexes: {
    byKey: { fields: ['tenantId', 'type', 'activeKey'], unique: true },
    byStart: { fields: ['startedAt'] },
    byStateStart: { fields: ['state', 'startedAt'] },
    byTypeStart: { fields: ['type', 'startedAt'] },
    byTypeStateStart: { fields: ['type', 'state', 'startedAt'] },
  },
  retention: [{ after: '90d', since: 'endedAt' }],
});

const timerRow = z.strictObject({
  sagaId: branded<SagaId>(),
  tenantId: branded<TenantId>(),
  type: z.string(),
  epoch: z.int(),
  kind: z.enum(['timeout', 'retry', 'stuck']),
  dueAt: instant,
});
export type TimerRow = z.output<typeof timerRow>;

export const timerRows = collection<TimerRow>('timers', {
  schema: timerRow,
  scope: 'global',
  indexes: { byDue: { fields: ['type', 'dueAt'] } },
});

const auditRow = z.strictObject({
  sagaId: branded<SagaId>(),
  tenantId: branded<TenantId>(),
  verb: z.string(),
  reason: z.string(),
  actor: z.string(),
  at: instant,
});

/** Who intervened in which saga, and why; kept for ever. */
export const auditRows = collection<z.output<typeof auditRow>>('saga_audit', {
  schema: auditRow,
  scope: 'global',
  indexes: { bySaga: { fields: ['sagaId', 'at'] } },
});

const reference = z.strictObject({ id: branded<SagaId>(), type: z.string(), step: z.string(), epoch: z.int() });
const outcome = z.strictObject({
  event: z.strictObject({
    context: z.string(),
    name: z.string(),
    type: z.string(),
    version: z.int(),
    aggregate: z.string(),
  }),
  data: z.unknown(),
});
export type StoredOutcome = z.output<typeof outcome>;

const opRow = z.strictObject({
  /** The latest reference: what the outcome answers to. */
  saga: reference,
  command: z.string(),
  state: z.enum(['doing', 'done', 'failed', 'undone', 'tombstone']),
  attempt: z.int(),
  outcome: outcome.optional(),
  /** Events sent so far: the op is an aggregate of its own where its events belong to no other. */
  sent: z.int(),
  at: instant,
});
export type OpRow = z.output<typeof opRow>;

/** One row per (saga, step) that this context took part in. */
export const opRows = collection<OpRow>('saga_ops', {
  schema: opRow,
  scope: 'tenant',
  // As long as an inbox remembers. What still runs stays: its job answers through the row.
  retention: [{ after: '45d', since: 'at', only: { state: ['done', 'failed', 'undone', 'tombstone'] } }],
});

const fenceRow = z.strictObject({ epoch: z.int(), at: instant });

/** The highest epoch seen of every saga: what is older never has an effect. */
export const fenceRows = collection<z.output<typeof fenceRow>>('saga_fences', {
  schema: fenceRow,
  scope: 'tenant',
  retention: [{ after: '45d', since: 'at' }],
});
