import { context, declareService } from '@gts/contracts';
import { type Context, SYSTEM_TENANT } from '@gts/kernel';
import { collection, storeErrors } from '@gts/persistence';
import { aContext, consumerWorld, countingIds } from '@gts/testing';
import { z } from 'zod';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { on, worker, workItem } from '../subscription';
import { type DeadLetter, deadLetterRows } from './rows';

const works = context('rendering');
const spec = {
  version: 1,
  summary: 'A toy.',
  data: z.strictObject({ depth: z.int() }),
  example: { depth: 1 },
} as const;
const Dig = works.command('Dig', { ...spec, mode: 'saga' });
const Dug = context('shootouts').event('Dug', { ...spec, aggregate: 'Hole' });
const declared = declareService('rendering', {
  subscriptions: [
    { name: 'work', kind: 'work', from: [Dig] },
    { name: 'hear', kind: 'handler', from: [Dug] },
  ],
});
const system = aContext({ tenantId: SYSTEM_TENANT });
const holes = collection('holes', {
  scope: 'tenant',
  schema: z.strictObject({ depth: z.int() }),
  indexes: { byDepth: { fields: ['depth'], unique: true } },
});

/** A job as a service keeps it: it fails with its item and may be wanted again. */
type Job = { open: boolean; attempt: number; done: number; gaveUp: number };

function setUp(o: { wantedAgain?: boolean } = {}) {
  const world = consumerWorld({ contexts: [works, context('shootouts')].map(withDefs), declared });
  const { store, time } = world;
  const job: Job = { open: true, attempt: 0, done: 0, gaveUp: 0 };
  const digging = (
    run: () => Promise<void>,
    complete: (ctx: Context) => Promise<void> = async () => void (job.done += 1),
  ) =>
    worker('work', {
      items: [
        workItem(Dig, {
          maxAttempts: 3,
          claim: async () => (job.open ? { attempt: (job.attempt += 1), claim: job.attempt } : 'skip'),
          run,
          complete: (_message, ctx) => complete(ctx),
          giveUp: async () => {
            job.open = false;
            job.gaveUp += 1;
          },
          ...(o.wantedAgain && { reopen: async () => ((job.attempt = 0), (job.open = true)) }),
        }),
      ],
    });
  const encoder = createEncoder({ producer: 'rendering', newId: countingIds(), clock: time.clock });
  const order = () => {
    const meta = { ctx: aContext(), occurredAt: time.clock.now() };
    world.publish(encoder.encode({ message: Dig, data: { depth: 1 } }, meta));
  };
  const letters = async (): Promise<DeadLetter[]> =>
    (await store.scan(deadLetterRows, { limit: 100 })).items.map(({ meta: _meta, ...row }) => row);
  const keep = (row: DeadLetter) =>
    store.transaction(system, (unit) => unit.collection(deadLetterRows).put(row.key, row));
  const redrive = async () => {
    for (const row of await letters()) await keep({ ...row, state: 'redriving' });
  };
  const states = async () => (await letters()).map(({ state, note }) => [state, note]);
  return { ...world, job, digging, order, keep, letters, redrive, states };
}
const withDefs = (each: ReturnType<typeof context>) =>
  ({ ...each, definitions: each.name === 'rendering' ? [Dig] : [Dug] }) as typeof each;
const breaks = (): Promise<void> => Promise.reject(new Error('broken'));
const goesWell = () => Promise.resolve();

test('work whose result breaks a unique index is not done: it is retried, then parked', async () => {
  const { process, digging, order, time, job, store, letters } = setUp();
  await store.transaction(aContext(), (unit) => unit.collection(holes).insert('one', { depth: 1 }));
  const clash = async (ctx: Context) =>
    void (await store.transaction(ctx, (unit) => unit.collection(holes).insert('two', { depth: 1 })));
  process([digging(goesWell, clash)]);
  order();
  await time.pass(120_000);
  expect(job).toMatchObject({ attempt: 3, gaveUp: 1 });
  expect((await letters()).map(({ errorCode }) => errorCode)).toEqual([storeErrors.DUPLICATE_KEY.code]);
});

test('a redrive of work that nobody wants any more is discarded with a note, not called resolved', async () => {
  const { process, digging, order, redrive, states, time, job, told } = setUp();
  let broken = true;
  process([digging(() => (broken ? breaks() : goesWell()))]);
  order();
  await time.pass(120_000);
  expect(await states()).toEqual([['parked', null]]);
  broken = false;
  await redrive();
  await time.pass(5000);
  expect(await states()).toEqual([['discarded', 'nothing left to do: nobody waits for it any more']]);
  expect(job.done).toBe(0);
  expect(told.get('messaging_redrives_total{discarded}')).toEqual([1]);
});

test('work that is wanted again begins anew at a redrive and completes, once', async () => {
  const { process, digging, order, redrive, states, time, job } = setUp({ wantedAgain: true });
  let broken = true;
  process([digging(() => (broken ? breaks() : goesWell()))]);
  order();
  await time.pass(120_000);
  broken = false;
  await redrive();
  await time.pass(5000);
  expect([await states(), job]).toEqual([[['resolved', null]], { open: true, attempt: 1, done: 1, gaveUp: 1 }]);
  await redrive();
  await time.pass(5000);
  expect(job.done).toBe(1);
});

test('work that fails again at its redrive gives up again and is parked', async () => {
  const { process, digging, order, redrive, states, time, job } = setUp({ wantedAgain: true });
  process([digging(breaks)]);
  order();
  await time.pass(120_000);
  await redrive();
  await time.pass(5000);
  expect([await states(), job.open, job.gaveUp]).toEqual([[['parked', null]], false, 2]);
});

test('what a redrive needs is away: it costs nothing and is tried again until it is back', async () => {
  const { process, digging, order, redrive, states, time, job, letters } = setUp({ wantedAgain: true });
  let run = breaks;
  process([digging(() => run())]);
  order();
  await time.pass(120_000);
  run = () => Promise.reject(busErrors.NO_RESPONDERS('rpc.gear-catalog.GetGear'));
  await redrive();
  await time.pass(60_000);
  expect(await states()).toEqual([['redriving', null]]);
  run = goesWell;
  await time.pass(10_000);
  expect([await states(), job.done]).toEqual([[['resolved', null]], 1]);
  expect((await letters()).map(({ redriveCount }) => redriveCount)).toEqual([0]);
});

test('a dead letter of a consumer that is gone goes back with a note and holds nobody up', async () => {
  const { process, digging, order, redrive, states, time, keep, letters } = setUp({ wantedAgain: true });
  let broken = true;
  process([digging(() => (broken ? breaks() : goesWell()))]);
  order();
  await time.pass(120_000);
  const [letter] = await letters();
  for (let at = 0; at < 60; at++)
    if (letter) await keep({ ...letter, key: `rendering__gone/${at}`, consumer: 'rendering__gone' });
  broken = false;
  await redrive();
  await time.pass(20_000);
  const found = Object.groupBy(await states(), ([state]) => String(state));
  expect([found['resolved']?.length, found['parked']?.length, found['redriving']]).toEqual([1, 60, undefined]);
  expect(found['parked']?.[0]?.[1]).toContain('no consumer of this name');
});

test('a redrive that takes minutes keeps its lease: no other replica runs it beside', async () => {
  const { process, digging, order, redrive, states, time, job, scheduler } = setUp({ wantedAgain: true });
  let run: () => Promise<void> = breaks;
  const subscriptions = [digging(() => run())];
  process(subscriptions);
  order();
  await time.pass(120_000);
  process(subscriptions);
  run = () => new Promise((resolve) => void scheduler.after(150_000, resolve));
  await redrive();
  await time.pass(200_000);
  expect([await states(), job.attempt, job.done]).toEqual([[['resolved', null]], 1, 1]);
});

test('what a person typed is in no line of the log, whatever fails', async () => {
  const lines: string[] = [];
  const write = (fields: unknown, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: write, info: write, warn: write, error: write };
  const { process, digging, order, time, publish } = setUp();
  const canary = 'Riff of Ada';
  const encoder = createEncoder({ producer: 'shootouts', newId: countingIds(), clock: time.clock });
  const dug = encoder.encode(
    { message: Dug, data: { depth: 1 } },
    { ctx: aContext(), occurredAt: time.clock.now(), aggregate: { type: 'Hole', id: countingIds()(), version: 1 } },
  );
  const failing = (error: Error) => () => Promise.reject(error);
  let at = 0;
  const errors = [
    new Error(canary),
    busErrors.DATA_INVALID(canary),
    storeErrors.NOT_FOUND('di', canary),
    new SyntaxError(canary),
  ];
  const apply = () => failing(errors[at++ % errors.length] ?? new Error(canary))();
  process([digging(failing(new Error(canary))), on(Dug, { name: 'hear', apply })], { log });
  order();
  publish(dug);
  await time.pass(30 * 60_000);
  expect(lines.filter((line) => line.startsWith('message parked'))).toHaveLength(2);
  expect(lines.filter((line) => line.includes(canary))).toEqual([]);
});
