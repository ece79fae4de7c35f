import type { ContextName, Permission } from '@gts/kernel';
import { z } from 'zod';
import { context, type QueryDef, type RequestDef } from './define';

const OPS: Permission = 'ops';
const key = z.string().min(1).max(400);
const moment = z.string().max(40);
const page = { limit: z.int().min(1).max(100).default(25), cursor: z.string().max(2048).optional() };
const reason = z.string().min(3).max(500);

/** A parked message as operators see it: no payload. */
export const deadLetterView = z.strictObject({
  key,
  consumer: z.string(),
  type: z.string(),
  messageId: z.string().nullable(),
  tenantId: z.string().nullable(),
  reason: z.string(),
  errorCode: z.string(),
  fingerprint: z.string(),
  state: z.string(),
  deliveries: z.int(),
  redriveCount: z.int(),
  firstFailureAt: moment,
  lastFailureAt: moment,
});
/** The same with where it came from and what was said; still no payload. */
export const deadLetterDetail = deadLetterView.extend({
  stream: z.string(),
  seq: z.int(),
  subject: z.string(),
  bytes: z.int(),
  headers: z.record(z.string(), z.string()),
  detail: z.string(),
});
export type DeadLetterView = z.output<typeof deadLetterView>;

const selection = {
  keys: z.array(key).max(100).optional(),
  fingerprint: z.string().max(64).optional(),
  type: z.string().max(120).optional(),
  before: moment.optional(),
};
export const outboxView = z.strictObject({
  id: z.string(),
  stream: z.string(),
  subject: z.string(),
  orderKey: z.string(),
  orderSeq: z.int(),
  state: z.string(),
  attempts: z.int(),
  lastError: z.string().nullable(),
  createdAt: moment,
});
const aKey = 'catalogue__gear/0199f000#0123456789abcdef';

type Messages = Pick<ReturnType<typeof context>, 'query' | 'command'>;

const deadLetterVerbs = ({ query, command }: Messages) => ({
  ListDeadLetters: query('ListDeadLetters', {
    version: 1,
    auth: OPS,
    summary: 'Messages that this service parked, newest first.',
    data: z.strictObject({
      ...page,
      state: z.enum(['parked', 'redriving', 'resolved', 'discarded']).default('parked'),
      consumer: z.string().max(120).optional(),
    }),
    reply: z.strictObject({ items: z.array(deadLetterView), next: z.string().nullable() }),
    example: { state: 'parked' },
  }),
  ShowDeadLetter: query('ShowDeadLetter', {
    version: 1,
    auth: OPS,
    summary: 'One parked message with its history, without its payload.',
    data: z.strictObject({ key }),
    reply: deadLetterDetail,
    example: { key: aKey },
  }),
  RedriveDeadLetters: command('RedriveDeadLetters', {
    version: 1,
    mode: 'request',
    auth: OPS,
    summary: 'Runs parked messages again, in their own consumer only.',
    data: z.strictObject({ ...selection, dryRun: z.boolean().default(true), reason: reason.optional() }),
    reply: z.strictObject({ matched: z.int(), redriven: z.int(), dryRun: z.boolean(), keys: z.array(key) }),
    example: { keys: [aKey], dryRun: false },
  }),
  DiscardDeadLetters: command('DiscardDeadLetters', {
    version: 1,
    mode: 'request',
    auth: OPS,
    summary: 'Gives parked messages up, with a reason.',
    data: z.strictObject({ keys: z.array(key).min(1).max(100), reason }),
    reply: z.strictObject({ discarded: z.int() }),
    example: { keys: [aKey], reason: 'sent by a faulty release, replaced since' },
  }),
});

const someRows = z.strictObject({ ids: z.array(z.string().min(1).max(60)).min(1).max(100), reason });
const someRowsExample = { ids: ['0199f000-0000-7000-8000-000000000001'], reason: 'the limit of the stream was raised' };

const outboxVerbs = ({ query, command }: Messages) => ({
  ListOutbox: query('ListOutbox', {
    version: 1,
    auth: OPS,
    summary: 'Messages that wait to be published, and how many there are.',
    data: z.strictObject({
      ...page,
      state: z.enum(['pending', 'published', 'quarantined', 'skipped']).default('pending'),
    }),
    reply: z.strictObject({
      items: z.array(outboxView),
      next: z.string().nullable(),
      pending: z.int(),
      quarantined: z.int(),
      oldestPendingAt: moment.nullable(),
    }),
    example: { state: 'pending' },
  }),
  RepublishOutbox: command('RepublishOutbox', {
    version: 1,
    mode: 'request',
    auth: OPS,
    summary: 'Publishes again what was published since an instant: same bytes, same message ids.',
    data: z.strictObject({
      since: moment,
      stream: z.string().max(80).optional(),
      dryRun: z.boolean().default(true),
      reason: reason.optional(),
    }),
    reply: z.strictObject({ matched: z.int(), republished: z.int(), dryRun: z.boolean() }),
    example: { since: '2026-01-01T00:00:00.000Z', dryRun: true },
  }),
});

const quarantineVerbs = ({ command }: Messages) => ({
  ReleaseOutbox: command('ReleaseOutbox', {
    version: 1,
    mode: 'request',
    auth: OPS,
    summary: 'Lets quarantined messages be sent again; what waits behind them follows.',
    data: someRows,
    reply: z.strictObject({ released: z.int() }),
    example: someRowsExample,
  }),
  SkipOutbox: command('SkipOutbox', {
    version: 1,
    mode: 'request',
    auth: OPS,
    summary: 'Gives quarantined messages up: what waits behind them follows, and whoever counts versions sees a gap.',
    data: someRows,
    reply: z.strictObject({ skipped: z.int() }),
    example: someRowsExample,
  }),
});

/** One saga as operators see it: no data of whoever started it. */
export const sagaView = z.strictObject({
  id: z.string(),
  type: z.string(),
  tenantId: z.string(),
  key: z.string(),
  state: z.string(),
  step: z.string().optional(),
  undoing: z.boolean(),
  attempt: z.int(),
  why: z.string().optional(),
  startedAt: moment,
  progressAt: moment,
});
const timelineEntry = z.strictObject({
  at: moment,
  what: z.string(),
  step: z.string().optional(),
  epoch: z.int().optional(),
});
export const sagaDetail = sagaView.extend({
  epoch: z.int(),
  armed: z.array(z.strictObject({ step: z.string(), state: z.string() })),
  timeline: z.array(timelineEntry),
});
const aSaga = '0199f000-0000-7000-8000-000000000001';
const ofSaga = z.strictObject({ id: z.string().min(1).max(60), reason });

function sagaVerbs({ query, command }: Messages) {
  const verb = (name: string, summary: string) =>
    command(name, {
      version: 1,
      mode: 'request',
      auth: OPS,
      summary,
      data: ofSaga,
      reply: sagaDetail,
      example: { id: aSaga, reason: 'the neighbour is back' },
    });
  return {
    ListSagas: query('ListSagas', {
      version: 1,
      auth: OPS,
      summary: 'Sagas of this service, newest first.',
      data: z.strictObject({ ...page, type: z.string().max(80).optional(), state: z.string().max(20).optional() }),
      reply: z.strictObject({ items: z.array(sagaView), next: z.string().nullable() }),
      example: {},
    }),
    ShowSaga: query('ShowSaga', {
      version: 1,
      auth: OPS,
      summary: 'One saga with its timeline.',
      data: z.strictObject({ id: z.string().min(1).max(60) }),
      reply: sagaDetail,
      example: { id: aSaga },
    }),
    RetrySaga: verb('RetrySaga', 'Tries the step again that a saga is stuck in or waits for.'),
    CancelSaga: verb('CancelSaga', 'Undoes a saga, as its own cancel would.'),
    AbortSaga: verb('AbortSaga', 'Ends a stuck saga as it is; what stays undone is listed.'),
    SkipSagaUndo: verb('SkipSagaUndo', 'Gives one undo of a stuck saga up and goes on.'),
  };
}

const verbsOf = (owner: ContextName) => {
  const language = context(owner);
  return {
    ...deadLetterVerbs(language),
    ...outboxVerbs(language),
    ...quarantineVerbs(language),
    ...sagaVerbs(language),
  };
};
export type OperatorVerbs = ReturnType<typeof verbsOf>;
export type OperatorVerbName = keyof OperatorVerbs;
const known = new Map<ContextName, OperatorVerbs>();

/** What operators may ask every service with a store: `rpc.<service>.<Verb>`, permission `ops`, audited. */
export function operator(service: ContextName): OperatorVerbs {
  const verbs = known.get(service) ?? verbsOf(service);
  known.set(service, verbs);
  return verbs;
}

/** Any operator verb as a definition. */
export type OperatorDef = QueryDef | RequestDef;
