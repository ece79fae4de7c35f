import { collection } from '@gts/persistence';
import { renderTone } from '@gts/contracts';
import { z } from 'zod';
import type { ChainRender } from '../domain/chain-render';
import { enrichmentKinds } from '../domain/enrichment';
import type { Inspection } from '../domain/inspection';
import type { QueueRow } from '../domain/queue';
import type { RenderJob } from '../domain/render-job';

const count = z.int().min(0);
const failure = z.object({
  code: z.string(),
  detail: z.string().optional(),
  blockIndex: count.optional(),
  toneId: z.string().optional(),
});
const sound = z.object({ sha256: z.string(), frames: count });
const fileRef = z.object({ sha256: z.string(), bytes: count, mediaType: z.string() });
const chainStatus = z.enum(['queued', 'running', 'rendered', 'refused', 'failed', 'cancelled']);

const enrichment = z.object({
  kind: z.enum(enrichmentKinds),
  status: z.enum(['queued', 'running', 'ready', 'failed']),
  attempt: count,
  askedBy: z.string().optional(),
  lastFault: failure.optional(),
  files: z.array(z.string()),
});

const spec = z.object({
  mode: z.enum(['render', 'verify']),
  di: z.object({ audio: fileRef, frames: count }),
  excerpt: z.object({ startMs: count, endMs: count }).optional(),
  inputGainDb: z.number(),
  montageWindowMs: count.optional(),
  title: z.string().optional(),
  tones: z.array(renderTone),
});

const renderJob = z.object({
  runId: z.string(),
  shootoutId: z.string(),
  renderVersion: count,
  status: z.enum(['accepted', 'preparing', 'rendering', 'finishing', 'completed', 'failed', 'cancelled']),
  epoch: count,
  op: z.object({ sagaId: z.string(), step: z.string(), attempt: count }).optional(),
  origin: z.object({ correlationId: z.string(), traceparent: z.string().optional() }),
  spec: spec.nullable(),
  acceptedAt: z.string(),
  attempt: count,
  lastFault: failure.optional(),
  prepared: sound.extend({ warnings: z.array(z.string()) }).optional(),
  tones: z.array(
    z.object({
      toneId: z.string(),
      chainRenderId: z.string(),
      status: chainStatus,
      cached: z.boolean(),
      sound: sound.optional(),
      amps: z.array(z.object({ blockIndex: count, engine: z.string(), tanh: z.enum(['exact', 'fast']) })).optional(),
      failure: failure.optional(),
    }),
  ),
  outputs: z.array(z.string()),
  levelled: z
    .object({ frames: count, targetLufs: z.number(), gainsDb: z.array(z.number()), data: z.array(z.string()) })
    .optional(),
  enrichments: z.array(enrichment).default([]),
  failures: z.array(failure),
}) as unknown as z.ZodType<RenderJob>;
/** As long as their saga's steps are known; files of theirs are held by the stages that made them. */
const AS_STEPS = { after: '45d', since: 'updatedAt' } as const;
export const renderJobs = collection<RenderJob>('render_jobs', {
  schema: renderJob,
  scope: 'tenant',
  retention: [{ ...AS_STEPS, only: { status: ['completed', 'failed', 'cancelled'] } }],
});

const chainRender: z.ZodType<ChainRender> = z.object({
  runId: z.string(),
  toneId: z.string(),
  epoch: count,
  status: chainStatus,
  attempt: count,
  owner: z.string().optional(),
  startedAt: z.string().optional(),
  lastFault: failure.optional(),
});
export const chainRenders = collection<ChainRender>('chain_renders', {
  schema: chainRender,
  scope: 'tenant',
  retention: [{ ...AS_STEPS, only: { status: ['rendered', 'refused', 'failed', 'cancelled'] } }],
});

const inspection: z.ZodType<Inspection> = z.object({
  diTrackId: z.string(),
  wholeSha256: z.string(),
  status: z.enum(['inspected', 'rejected']),
  code: z.string().optional(),
});
export const inspectionRows = collection<Inspection>('inspections', {
  schema: inspection,
  scope: 'tenant',
  retention: [AS_STEPS],
});

const queueRow: z.ZodType<QueueRow> = z.object({
  runId: z.string(),
  tenantId: z.string(),
  shootoutId: z.string(),
  tones: count,
  acceptedAt: z.string(),
  startedAt: z.string().nullable(),
});
/** Of all workspaces: who waits is decided over them all. */
export const queueRows = collection<QueueRow>('render_queue', {
  schema: queueRow,
  scope: 'global',
  indexes: { byAge: { fields: ['acceptedAt'] } },
});

/** A stage's result by content key: PCM by hash, or a small value. Content has no owner, so it is shared. */
export type StageRow = Readonly<{
  sound: { sha256: string; frames: number } | null;
  value: unknown;
  usedAt: string;
  /** Hashes that the result stands on: their bytes stay as long as a row names them. */
  files?: readonly string[] | undefined;
}>;
export const stageRows = collection<StageRow>('stage_results', {
  schema: z.object({
    sound: sound.nullable(),
    value: z.unknown(),
    usedAt: z.string(),
    files: z.array(z.string()).optional(),
  }),
  scope: 'global',
  indexes: { byUse: { fields: ['usedAt'] }, byFile: { has: 'files', fields: [] } },
});
