import { context, declareService } from '@gts/contracts';
import { aContext, consumerWorld, countingIds } from '@gts/testing';
import { z } from 'zod';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { type WorkRun, worker, workItem } from '../subscription';

const works = context('rendering');
const Dig = works.command('Dig', {
  mode: 'saga',
  version: 1,
  summary: 'A long piece of work.',
  data: z.strictObject({ depth: z.int() }),
  example: { depth: 1 },
});
const declared = declareService('rendering', { subscriptions: [{ name: 'work', kind: 'work', from: [Dig] }] });
const MAX_ATTEMPTS = 3;

/** The item's own row, shared by all processes as a store would. */
type Row = { attempt: number; owner: string; done: number; gaveUp: string[] };
type Run = (attempt: number, run: WorkRun<number>) => Promise<void>;

function setUp() {
  const world = consumerWorld({ contexts: [works], declared });
  const row: Row = { attempt: 0, owner: '', done: 0, gaveUp: [] };
  const dig = (run: Run, wanted = () => true) =>
    worker('work', {
      maxDuration: '10m',
      items: [
        workItem(Dig, {
          maxAttempts: MAX_ATTEMPTS,
          claim: async (_message, _ctx, owner) => {
            if (!wanted()) return 'skip';
            row.owner = owner;
            row.attempt += 1;
            return { attempt: row.attempt, claim: row.attempt };
          },
          run: (_message, _ctx, mine) => run(mine.claim, mine),
          complete: async (...[, , , mine]) => {
            if (mine !== row.attempt) throw busErrors.FENCED('dig');
            row.done += 1;
          },
          giveUp: async (_message, _ctx, { code }) => void row.gaveUp.push(code),
        }),
      ],
    });
  const encoder = createEncoder({ producer: 'rendering', newId: countingIds(), clock: world.time.clock });
  const order = () => {
    const meta = { ctx: aContext(), occurredAt: world.time.clock.now() };
    world.publish(encoder.encode({ message: Dig, data: { depth: 1 } }, meta));
  };
  const left = () => world.broker.connect().info({ stream: 'CMD_RENDERING', durable: 'rendering__work' });
  return { ...world, row, dig, order, left };
}
const never = () => new Promise<never>(() => undefined);
const during = (ms: number, { after }: { after: (ms: number, run: () => void) => unknown }) =>
  new Promise<void>((resolve) => void after(ms, resolve));

test('work that moves holds its message far beyond the ack wait: started once, done once', async () => {
  const { process, dig, order, time, row, left, scheduler } = setUp();
  const long: Run = async (_attempt, { moved }) => {
    for (let at = 0; at < 60; at++) {
      await during(5000, scheduler);
      moved();
    }
  };
  process([dig(long)]);
  process([dig(long)]);
  order();
  await time.pass(6 * 60_000);
  expect(row).toMatchObject({ attempt: 1, done: 1 });
  expect(await left()).toMatchObject({ ackPending: 0 });
});

test('work that stands still loses its message; the next worker fences the first', async () => {
  const { process, dig, order, time, row, left, scheduler } = setUp();
  let release = () => undefined as void;
  const stuck = new Promise<void>((resolve) => (release = resolve));
  const run: Run = (attempt) => (attempt === 1 ? stuck : during(1000, scheduler));
  process([dig(run)]);
  process([dig(run)]);
  order();
  await time.pass(30_000);
  expect(row.attempt).toBe(1);
  await time.pass(90_000);
  expect(row).toMatchObject({ attempt: 2, done: 1 });
  release();
  await time.pass(60_000);
  expect(row).toMatchObject({ attempt: 2, done: 1, gaveUp: [] });
  expect(await left()).toMatchObject({ ackPending: 0, pending: 0 });
});

test('a worker that dies each time: the item gives up and is parked, with one dead letter', async () => {
  const { broker, process, dig, order, time, row, deadLetters, left } = setUp();
  order();
  for (let life = 0; life <= MAX_ATTEMPTS; life++) {
    const bus = broker.connect();
    process([dig(never)], { bus });
    await time.pass(20_000);
    bus.cut();
    await time.pass(40_000);
  }
  expect(row).toMatchObject({ attempt: MAX_ATTEMPTS + 1, done: 0, gaveUp: ['BUS.INTERNAL'] });
  expect((await deadLetters()).map(({ reason, state }) => [reason, state])).toEqual([['ATTEMPTS_EXHAUSTED', 'parked']]);
  expect(await left()).toMatchObject({ ackPending: 0 });
});

test('a refusal is an outcome: said once, without a dead letter', async () => {
  const { process, dig, order, time, row, deadLetters } = setUp();
  process([dig(() => Promise.reject(busErrors.DATA_INVALID('dig')))]);
  order();
  await time.pass(60_000);
  expect(row).toMatchObject({ attempt: 1, gaveUp: ['BUS.DATA_INVALID'] });
  expect(await deadLetters()).toEqual([]);
});

test('an item that nobody wants any more is acknowledged without a run', async () => {
  const { process, dig, order, time, row, left } = setUp();
  process([dig(never, () => false)]);
  order();
  await time.pass(1000);
  expect(row).toMatchObject({ attempt: 0, done: 0 });
  expect(await left()).toMatchObject({ ackPending: 0, pending: 0 });
});

test('nothing is prefetched: a busy worker leaves the next item to an idle one', async () => {
  const { process, dig, order, time, row, left, scheduler } = setUp();
  const slow: Run = (_attempt, { moved }) => {
    scheduler.after(5000, moved);
    return during(25_000, scheduler);
  };
  process([dig(slow)]);
  order();
  order();
  await time.pass(1000);
  expect(await left()).toMatchObject({ ackPending: 1, pending: 1 });
  process([dig(slow)]);
  await time.pass(1000);
  expect(await left()).toMatchObject({ ackPending: 2, pending: 0 });
  expect(row.attempt).toBe(2);
});

test('work beyond its longest duration is aborted', async () => {
  const { process, dig, order, time } = setUp();
  const aborted: boolean[] = [];
  const run: Run = (_attempt, { signal, moved }) => {
    signal.addEventListener('abort', () => aborted.push(true));
    moved();
    return never();
  };
  process([dig(run)]);
  order();
  await time.pass(10 * 60_000 + 1000);
  expect(aborted.length).toBeGreaterThanOrEqual(1);
});
