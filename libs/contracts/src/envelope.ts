import type { Instant, MessageId, SagaId, TenantId } from '@gts/kernel';
import { z } from 'zod';

const branded = <T>() => z.string().min(1).max(200) as unknown as z.ZodType<T, T>;

/** Which step of which saga a message belongs to. */
export const sagaReference = z.object({
  id: branded<SagaId>(),
  type: z.string(),
  step: z.string(),
  epoch: z.int().min(0),
});

/** The body of everything on a stream, JSON in UTF-8; encoded once, kept and resent as the same bytes. */
export const envelopeSchema = z.object({
  id: branded<MessageId>(),
  kind: z.enum(['event', 'command', 'progress']),
  type: z.string().regex(/^[a-z-]+\.[A-Za-z0-9]+$/),
  version: z.int().min(1),
  producer: z.string(),
  occurredAt: branded<Instant>(),
  tenantId: branded<TenantId>(),
  aggregate: z.object({ type: z.string(), id: z.string(), version: z.int().min(1) }).optional(),
  correlationId: z.string(),
  causationId: z.string(),
  actor: z.object({ kind: z.enum(['user', 'service', 'saga']), id: z.string() }),
  traceparent: z.string().optional(),
  saga: sagaReference.optional(),
  data: z.unknown(),
});
export type Envelope<D = unknown> = Readonly<Omit<z.output<typeof envelopeSchema>, 'data'>> & { readonly data: D };
