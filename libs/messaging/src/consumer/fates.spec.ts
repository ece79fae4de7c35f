import { context, declareService } from '@gts/contracts';
import type { CrashPoint, Probe } from '@gts/kernel';
import { collection } from '@gts/persistence';
import { aContext, anId, consumerWorld, countingIds } from '@gts/testing';
import { z } from 'zod';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import type { ConsumersOptions } from './runtime';
import { on, worker, workItem } from '../subscription';
import { deadLetterRows } from './rows';

// delivery.md §14, L2: whoever fails, stands still for twice the broker's patience, or is slow at a crash point
// has had one effect of each message once it goes on.
const works = context('rendering');
const spec = {
  version: 1,
  summary: 'A toy.',
  data: z.strictObject({ depth: z.int() }),
  example: { depth: 1 },
} as const;
const Dig = works.command('Dig', { ...spec, mode: 'saga' });
const Dug = works.event('Dug', { ...spec, aggregate: 'Hole' });
const declared = declareService('rendering', {
  subscriptions: [
    { name: 'work', kind: 'work', from: [Dig] },
    { name: 'hear', kind: 'handler', from: [Dug] },
  ],
});
const effects = collection('effects', { scope: 'global', schema: z.strictObject({ count: z.int() }) });
const HANG_MS = 60_000;
const SLOW_MS = 700;

const fates = { throw: undefined, hang: HANG_MS, slow: SLOW_MS } as const;
type Fate = keyof typeof fates;

function setUp(fate: Fate, point: CrashPoint, passages = 1) {
  const world = consumerWorld({ contexts: [{ ...works, definitions: [Dig, Dug] } as typeof works], declared });
  const { store, time } = world;
  let left = passages;
  const probe: Probe = async (at) => {
    if (at !== point || left-- <= 0) return;
    const ms = fates[fate];
    if (ms === undefined) throw new Error(`thrown at ${at}`);
    await time.sleep(ms);
  };
  const encoder = createEncoder({ producer: 'rendering', newId: countingIds(), clock: time.clock });
  const meta = { ctx: aContext(), occurredAt: time.clock.now() };
  const aggregate = { type: 'Hole', id: anId(1), version: 1 };
  const rows = async () => (await store.scan(deadLetterRows, { limit: 10 })).items;
  return {
    ...world,
    say: () => world.publish(encoder.encode({ message: Dug, data: { depth: 1 } }, { ...meta, aggregate })),
    order: () => world.publish(encoder.encode({ message: Dig, data: { depth: 1 } }, meta)),
    start: (subscriptions: ConsumersOptions['subscriptions']) => world.process(subscriptions, { probe }),
    met: () => left < passages,
    /** Adds one to what a name has had, in the unit at hand. */
    effect: (name: string, ctx: Parameters<typeof store.transaction>[0]) =>
      store.transaction(ctx, async (unit) => {
        const found = await unit.collection(effects).find(name);
        await unit.collection(effects).put(name, { count: (found?.count ?? 0) + 1 });
      }),
    effects: async () =>
      Object.fromEntries(
        (await store.scan(effects, { limit: 10 })).items.map(({ meta: { id }, count }) => [id, count]),
      ),
    states: async () => (await rows()).map(({ state }) => state),
    redrive: async () => {
      for (const { meta: _meta, ...row } of await rows())
        await store.transaction(aContext(), (unit) =>
          unit.collection(deadLetterRows).put(row.key, { ...row, state: 'redriving' }),
        );
    },
  };
}

/** Parks what it hears until it is repaired, from then on has its effect. */
function hearing({
  effect,
  start,
}: Pick<ReturnType<typeof setUp>, 'effect' | 'start'>): Readonly<{ repair: () => void }> {
  let broken = true;
  start([
    on(Dug, {
      name: 'hear',
      apply: async (_message, ctx) => {
        if (broken) throw busErrors.DATA_INVALID('hole');
        await effect('heard', ctx);
      },
    }),
  ]);
  return { repair: () => void (broken = false) };
}

test.each<Fate>(['throw', 'hang', 'slow'])(
  '%s at redrive.afterStart: redriven once, its effect is there once',
  async (fate) => {
    const world = setUp(fate, 'redrive.afterStart');
    const { say, time, effects: had, states, redrive, met } = world;
    const { repair } = hearing(world);
    say();
    await time.pass(2000);
    expect(await states()).toEqual(['parked']);
    repair();
    await redrive();
    await time.pass(2 * HANG_MS);
    expect([met(), await states(), await had()]).toEqual([true, ['resolved'], { heard: 1 }]);
  },
);

test('thrown at redrive.afterStart each time: parked again after three starts, free for another redrive', async () => {
  const world = setUp('throw', 'redrive.afterStart', 4);
  const { say, time, effects: had, states, redrive } = world;
  const { repair } = hearing(world);
  say();
  await time.pass(2000);
  repair();
  await redrive();
  await time.pass(HANG_MS);
  expect([await states(), await had()]).toEqual([['parked'], {}]);
  await redrive();
  await time.pass(HANG_MS);
  expect([await states(), await had()]).toEqual([['resolved'], { heard: 1 }]);
});

/** Work that is tried once only: whatever it has had must be the end of it. */
const working: [Fate, CrashPoint][] = (['throw', 'hang', 'slow'] as const).flatMap((fate) =>
  (['consumer.afterReceive', 'consumer.afterCommit', 'consumer.afterAck'] as const).map(
    (point) => [fate, point] as const,
  ),
) as [Fate, CrashPoint][];
test.each(working)('work that meets %s at %s is done once and not given up', async (fate, point) => {
  const { start, order, time, effect, effects: had, states, met } = setUp(fate, point);
  let attempt = 0;
  start([
    worker('work', {
      items: [
        workItem(Dig, {
          maxAttempts: 1,
          claim: async () => ({ attempt: ++attempt, claim: attempt }),
          run: async () => undefined,
          complete: (_message, ctx) => effect('done', ctx),
          giveUp: (_message, ctx) => effect('gave up', ctx),
        }),
      ],
    }),
  ]);
  order();
  await time.pass(3 * HANG_MS);
  expect([met(), await had(), await states()]).toEqual([true, { done: 1 }, []]);
});
