import { collection } from '@gts/persistence';
import { z } from 'zod';

/** How often a message was started here; written before its handler, so a killer is counted. */
export const attemptRows = collection('attempts', {
  scope: 'global',
  schema: z.strictObject({
    consumer: z.string(),
    started: z.int(),
    excused: z.int(),
    firstAt: z.string(),
    lastError: z.string(),
  }),
  retention: [{ after: '45d', since: 'updatedAt' }],
});

/** How far a projection has come with one aggregate. */
export const gateRows = collection('gates', {
  scope: 'global',
  schema: z.strictObject({ tenantId: z.string(), lastVersion: z.int(), gapSince: z.string().nullable() }),
});

/** A parked message with its bytes: the state; the stream of dead letters is the list for all services. */
const deadLetterSchema = z.strictObject({
  key: z.string(),
  consumer: z.string(),
  stream: z.string(),
  seq: z.int(),
  subject: z.string(),
  bodyBase64: z.string(),
  headers: z.record(z.string(), z.string()),
  type: z.string(),
  messageId: z.string().nullable(),
  tenantId: z.string().nullable(),
  reason: z.string(),
  errorClass: z.string(),
  errorCode: z.string(),
  detail: z.string(),
  fingerprint: z.string(),
  firstFailureAt: z.string(),
  lastFailureAt: z.string(),
  deliveries: z.int(),
  state: z.enum(['parked', 'redriving', 'resolved', 'discarded']),
  redriveCount: z.int(),
  note: z.string().nullable(),
});
export type DeadLetter = z.output<typeof deadLetterSchema>;
export const deadLetterRows = collection('dead_letters', {
  scope: 'global',
  schema: deadLetterSchema,
  indexes: {
    byState: { fields: ['state', 'lastFailureAt'] },
    byConsumer: { fields: ['consumer', 'state', 'lastFailureAt'] },
    byFingerprint: { fields: ['fingerprint', 'state'] },
    byType: { fields: ['type', 'state'] },
  },
  // Open ones stay: they are the only copy of their message once the stream has forgotten it.
  retention: [{ after: '30d', since: 'updatedAt', only: { state: ['resolved', 'discarded'] } }],
});
