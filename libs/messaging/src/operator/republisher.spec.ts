import { context, declareService, type OperatorVerbs } from '@gts/contracts';
import { type Context, type MessageId, SYSTEM_TENANT } from '@gts/kernel';
import { aContext, anId, consumerWorld, countingIds } from '@gts/testing';
import { z } from 'zod';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { noLog } from '../ports';
import type { RpcHandler } from '../rpc/server';
import { auditRows } from './dead-letters';
import { republications } from './republisher';
import { serveOperator } from './serve';

const toys = context('rendering');
const Happened = toys.event('Happened', {
  aggregate: 'Toy',
  version: 1,
  summary: 'Something happened.',
  data: z.strictObject({ n: z.int() }),
  example: { n: 1 },
});
const contexts = [{ ...toys, definitions: [Happened] } as typeof toys];
const declared = declareService('rendering', { subscriptions: [] });
const ops = aContext({ tenantId: SYSTEM_TENANT });
const since = '2020-01-01T00:00:00.000Z';
type Republish = (data: object, ctx: Context) => Promise<{ matched: number; republished: number; dryRun: boolean }>;
const verb: keyof OperatorVerbs = 'RepublishOutbox';

/** A service with `count` published rows, in versions of two toys by turns. */
async function setUp(count: number) {
  const world = consumerWorld({ contexts, declared });
  const { store, time, scheduler } = world;
  const newId = countingIds();
  const encoder = createEncoder({ producer: 'rendering', newId, clock: time.clock });
  const ids: string[] = [];
  await store.transaction(aContext(), async (unit) => {
    for (let at = 0; at < count; at++) {
      const aggregate = { type: 'Toy', id: anId(at % 2), version: Math.floor(at / 2) + 1 };
      const meta = { ctx: aContext(), occurredAt: time.clock.now(), aggregate };
      const row = encoder.encode({ message: Happened, data: { n: at } }, meta);
      unit.outbox.add(row);
      ids.push(row.id);
    }
  });
  const marks = ids.map((id, at) => ({ id: id as MessageId, state: 'published', streamSeq: at + 1 }) as const);
  await store.transaction(aContext(), (unit) => unit.outbox.mark(marks));
  await time.pass(1000);
  const sent: { id: string; atMs: number }[] = [];
  let away = false;
  const publish = async ({ headers }: { headers: Readonly<Record<string, string>> }) => {
    if (away) throw busErrors.DISCONNECTED();
    sent.push({ id: headers['Nats-Msg-Id'] ?? '', atMs: time.elapsedMs });
    return { stream: 'EVT_RENDERING', seq: 1, duplicate: true };
  };
  const start = (owner: string) => {
    const handlers = new Map<string, RpcHandler>();
    const server = { serve: (def: { name: string }, handler: RpcHandler) => void handlers.set(def.name, handler) };
    const options = { server, service: 'rendering', store, bus: { publish }, newId, log: noLog, scheduler, owner };
    const republisher = serveOperator(options as unknown as Parameters<typeof serveOperator>[0]);
    republisher.start();
    return { republisher, ask: handlers.get(verb) as unknown as Republish };
  };
  const jobs = async () => (await store.scan(republications, { limit: 9 })).items;
  const audits = async () => (await store.scan(auditRows, { limit: 9 })).items;
  return { ...world, ids, sent, start, jobs, audits, cut: (is: boolean) => void (away = is) };
}

test('counting changes nothing; asking in earnest answers at once and is audited', async () => {
  const { start, sent, audits, time } = await setUp(3);
  const { ask } = start('one');
  expect(await ask({ since, dryRun: true }, ops)).toEqual({ matched: 3, republished: 0, dryRun: true });
  await time.pass(5000);
  expect([sent, await audits()]).toEqual([[], []]);
  const reason = 'the stream was lost';
  expect(await ask({ since, dryRun: false, reason }, ops)).toEqual({ matched: 3, republished: 3, dryRun: false });
  expect(sent).toEqual([]);
  expect(await audits()).toMatchObject([{ verb, reason }]);
});

test('all rows are sent again under their ids, each toy in order, at most 500 a second', async () => {
  const { start, sent, ids, time, jobs } = await setUp(600);
  const { ask } = start('one');
  await ask({ since, dryRun: false }, ops);
  await time.pass(10_000);
  expect(sent.map(({ id }) => id).toSorted()).toEqual(ids.map((id) => `rendering:${id}`).toSorted());
  for (const toy of [0, 1]) {
    const own = ids.filter((_, at) => at % 2 === toy).map((id) => `rendering:${id}`);
    expect(sent.map(({ id }) => id).filter((id) => own.includes(id))).toEqual(own);
  }
  const [first] = sent;
  expect(sent.filter(({ atMs }) => atMs < (first?.atMs ?? 0) + 1000)).toHaveLength(500);
  expect(await jobs()).toMatchObject([{ state: 'done', sent: 600, refused: 0 }]);
});

test('an outage or the end of a replica delays it: another goes on from where it stopped', async () => {
  const { start, sent, time, jobs, cut } = await setUp(200);
  const { ask, republisher } = start('one');
  start('two');
  await ask({ since, dryRun: false }, ops);
  await time.pass(1150);
  cut(true);
  await time.pass(10_000);
  expect(await jobs()).toMatchObject([{ state: 'running' }]);
  const before = sent.length;
  const stopped = republisher.stop();
  cut(false);
  await time.pass(60_000);
  await stopped;
  expect(await jobs()).toMatchObject([{ state: 'done', sent: 200 }]);
  expect([before > 0, sent.length]).toEqual([true, 200]);
});
