import type { DataOf, DeadLetterView, OperatorVerbs } from '@gts/contracts';
import type { Context, ContextName } from '@gts/kernel';
import { collection, type Query, type Store, type Stored, type Unit } from '@gts/persistence';
import { z } from 'zod';
import { attemptRows, type DeadLetter, deadLetterRows } from '../consumer/rows';
import { busErrors } from '../errors';
import type { Log } from '../ports';

const MOST = 200;

/** Who did what to the machinery, and why; kept with the service's data, for ever as every audit. */
export const auditRows = collection('operator_audit', {
  scope: 'global',
  schema: z.strictObject({
    verb: z.string(),
    actor: z.string(),
    at: z.string(),
    reason: z.string(),
    keys: z.array(z.string()),
  }),
});

const viewOf = (row: DeadLetter): DeadLetterView => {
  const { key, consumer, type, messageId, tenantId, reason, errorCode, fingerprint, state } = row;
  const { deliveries, redriveCount, firstFailureAt, lastFailureAt } = row;
  const who = { key, consumer, type, messageId, tenantId };
  return { ...who, reason, errorCode, fingerprint, state, deliveries, redriveCount, firstFailureAt, lastFailureAt };
};

const plain = ({ meta: _meta, ...row }: Stored<DeadLetter>): DeadLetter => row;

type Selection = DataOf<OperatorVerbs['RedriveDeadLetters']>;

function queryOf({ fingerprint, type }: Selection): Query {
  if (fingerprint !== undefined)
    return { index: 'byFingerprint', where: { fingerprint, state: 'parked' }, limit: MOST };
  if (type !== undefined) return { index: 'byType', where: { type, state: 'parked' }, limit: MOST };
  return { index: 'byState', where: { state: 'parked' }, limit: MOST };
}

/** What an operator did, why, and to what. */
export type AuditDone = { readonly verb: string; readonly reason: string; readonly keys: string[] };
export type AuditDeps = Readonly<{ log: Log; newId: () => string }>;
export type DeadLetterDeps = Readonly<{ service: ContextName; store: Store; log: Log; newId: () => string }>;

async function selected(unit: Unit, selection: Selection): Promise<DeadLetter[]> {
  const rows = unit.collection(deadLetterRows);
  const found: DeadLetter[] = [];
  if (selection.keys)
    for (const key of selection.keys) {
      const row = await rows.find(key);
      if (row?.state === 'parked') found.push(plain(row));
    }
  else found.push(...(await rows.query(queryOf(selection))).items.map(plain));
  const { before, type } = selection;
  return found.filter((row) => (before ?? '~') > row.lastFailureAt && (type ?? row.type) === row.type);
}

/** In the unit of the effect: no intervention without its row. */
export async function audit(unit: Unit, deps: AuditDeps, done: AuditDone): Promise<void> {
  const { actor } = unit.ctx;
  await unit
    .collection(auditRows)
    .insert(deps.newId(), { ...done, actor: `${actor.kind}:${actor.id}`, at: await unit.now() });
  const { verb, reason } = done;
  unit.afterCommit(() => deps.log.info({ verb, actor: actor.id, count: done.keys.length, reason }, 'operator verb'));
}

/** The same for verbs that a service serves itself; joins the unit of `ctx`. */
export const operatorAudit =
  ({ store, ...deps }: AuditDeps & Readonly<{ store: Store }>) =>
  (ctx: Context, done: AuditDone): Promise<void> =>
    store.transaction(ctx, (unit) => audit(unit, deps, done));

/** Nothing named is no selection: an empty request must not redrive everything. */
const isEmpty = ({ keys, fingerprint, type, before }: Selection): boolean =>
  keys === undefined && fingerprint === undefined && type === undefined && before === undefined;

const redrive = (deps: DeadLetterDeps) => (data: Selection, ctx: Context) =>
  deps.store.transaction(ctx, async (unit) => {
    const chosen = isEmpty(data) ? [] : await selected(unit, data);
    const keys = chosen.map(({ key }) => key);
    if (data.dryRun || keys.length === 0) return { matched: keys.length, redriven: 0, dryRun: data.dryRun, keys };
    for (const row of chosen) {
      await unit.collection(deadLetterRows).put(row.key, { ...row, state: 'redriving' });
      await unit.collection(attemptRows).purge(row.key);
    }
    await audit(unit, deps, { verb: 'RedriveDeadLetters', reason: data.reason ?? '', keys });
    return { matched: keys.length, redriven: keys.length, dryRun: false, keys };
  });

const discard =
  (deps: DeadLetterDeps) =>
  ({ keys, reason }: DataOf<OperatorVerbs['DiscardDeadLetters']>, ctx: Context) =>
    deps.store.transaction(ctx, async (unit) => {
      const chosen = await selected(unit, { keys, dryRun: false });
      for (const row of chosen)
        await unit.collection(deadLetterRows).put(row.key, { ...row, state: 'discarded', note: reason });
      await audit(unit, deps, { verb: 'DiscardDeadLetters', reason, keys: chosen.map(({ key }) => key) });
      return { discarded: chosen.length };
    });

const list =
  ({ store }: DeadLetterDeps) =>
  async ({ limit, cursor, state, consumer }: DataOf<OperatorVerbs['ListDeadLetters']>, ctx: Context) => {
    const where = consumer === undefined ? { state } : { consumer, state };
    const index = consumer === undefined ? 'byState' : 'byConsumer';
    const rows = store.collection(deadLetterRows, ctx);
    const page = await rows.query({ index, where, order: 'desc', limit, after: cursor });
    return { items: page.items.map(viewOf), next: page.next };
  };

const show =
  ({ store }: DeadLetterDeps) =>
  async ({ key }: { key: string }, ctx: Context) => {
    const row = await store.collection(deadLetterRows, ctx).find(key);
    if (!row) throw busErrors.DEAD_LETTER_NOT_FOUND(key);
    const { stream, seq, subject, headers, detail } = row;
    const bytes = Buffer.byteLength(row.bodyBase64, 'base64');
    return { ...viewOf(row), stream, seq, subject, bytes, headers, detail };
  };

/** Handlers of the verbs about dead letters, to be served with `operator(service)`'s definitions. */
export const deadLetterHandlers = (deps: DeadLetterDeps) => ({
  ListDeadLetters: list(deps),
  ShowDeadLetter: show(deps),
  RedriveDeadLetters: redrive(deps),
  DiscardDeadLetters: discard(deps),
});
