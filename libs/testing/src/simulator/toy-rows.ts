import { collection } from '@gts/persistence';
import { z } from 'zod';

/** A run as its owner keeps it; `commands` are the ids of the commands that changed it. */
export const runRows = collection('runs', {
  scope: 'tenant',
  schema: z.strictObject({ runId: z.string(), notes: z.int(), cancelled: z.boolean(), commands: z.array(z.string()) }),
});
export type Run = z.output<typeof runRows.schema>;

/** How a run ended, and how often it was told so. */
export const endingRows = collection('endings', {
  scope: 'tenant',
  schema: z.strictObject({ runId: z.string(), finished: z.int(), failed: z.int() }),
});

/** How often the gear of a run was held, released and pinned. */
export const holdRows = collection('holds', {
  scope: 'tenant',
  schema: z.strictObject({ runId: z.string(), held: z.int(), released: z.int(), pinned: z.int() }),
});
export type Hold = z.output<typeof holdRows.schema>;

/** One job a step of a saga. */
export const jobRows = collection('jobs', {
  scope: 'global',
  schema: z.strictObject({
    runId: z.string(),
    tenantId: z.string(),
    sagaId: z.string(),
    step: z.string(),
    attempt: z.int(),
    status: z.enum(['queued', 'done', 'failed', 'cancelled']),
  }),
  indexes: { byStatus: { fields: ['status'] } },
});
export type Job = z.output<typeof jobRows.schema>;

/** Long work on a run: attempts counted by claims, and how often it came to an end. */
export const inspectionRows = collection('inspections', {
  scope: 'tenant',
  schema: z.strictObject({
    runId: z.string(),
    attempt: z.int(),
    state: z.enum(['open', 'done', 'gave up']),
    ends: z.int(),
  }),
});
export type Inspection = z.output<typeof inspectionRows.schema>;

/** All notes of a tenant under one id, which every tenant uses: only the tenant keeps them apart. */
export const totalRows = collection('totals', { scope: 'tenant', schema: z.strictObject({ notes: z.int() }) });

/** How often a consumer had an effect of a message: the oracle of I2. */
export const effectRows = collection('effects', {
  scope: 'tenant',
  schema: z.strictObject({ consumer: z.string(), messageId: z.string(), runId: z.string(), count: z.int() }),
});

/** The projection of runs in another service: versions in the order in which they were applied. */
export const copyRows = collection('run_copies', {
  scope: 'tenant',
  schema: z.strictObject({
    runId: z.string(),
    notes: z.int(),
    cancelled: z.boolean(),
    versions: z.array(z.int()),
  }),
});
export type RunCopy = z.output<typeof copyRows.schema>;
