import { context, declareService, topologyOf } from '@gts/contracts';
import { clockOf } from '@gts/kernel';
import { memoryStore } from '@gts/persistence';
import { aContext, countingIds } from '@gts/testing';
import { z } from 'zod';
import { createEncoder } from '../encoder';
import { busErrors } from '../errors';
import { memoryBroker } from '../memory/broker';
import { systemScheduler } from '../ports';
import { worker, workItem } from '../subscription';
import { createConsumers } from './runtime';

const Dig = context('rendering').command('Dig', {
  mode: 'saga',
  version: 1,
  summary: 'A long piece of work.',
  data: z.strictObject({ depth: z.int() }),
  example: { depth: 1 },
});
const definitions = { name: 'rendering', definitions: [Dig] } as unknown as ReturnType<typeof context>;
const declared = declareService('rendering', { subscriptions: [{ name: 'work', kind: 'work', from: [Dig] }] });
const SPEED = 1000;

type Run = (attempt: number, signal: AbortSignal) => Promise<void>;

/** One worker whose row counts attempts in memory; time runs faster than life. */
function world(run: Run) {
  const start = systemScheduler.nowMs();
  const scheduler = {
    ...systemScheduler,
    random: () => 0.5,
    after: (ms: number, act: () => void) => systemScheduler.after(ms / SPEED, act),
    nowMs: () => systemScheduler.nowMs() * SPEED,
  };
  const clock = clockOf(() => Math.floor(1.7e12 + (systemScheduler.nowMs() - start) * SPEED));
  const broker = memoryBroker({ topology: topologyOf([definitions], [declared]), scheduler });
  const [newId, store, bus] = [
    countingIds(),
    memoryStore({ clock: clockOf(() => 1.7e12 + systemScheduler.nowMs() - start) }),
    broker.connect(),
  ];
  const [ended, given] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const delays: number[] = [];
  const next: typeof bus.next = async (...of) => {
    const delivery = await bus.next(...of);
    return delivery && { ...delivery, nak: (ms = 0) => (delays.push(ms), given.resolve('back'), delivery.nak(ms)) };
  };
  let attempt = 0;
  const item = workItem(Dig, {
    maxAttempts: 3,
    claim: async () => ({ attempt: ++attempt, claim: attempt }),
    run: (_message, _ctx, { signal }) => run(attempt, signal),
    complete: async () => ended.resolve('done'),
    giveUp: async () => ended.resolve('gave up'),
  });
  const base = { service: 'rendering', store, clock, newId, owner: 'one', scheduler } as const;
  const subscriptions = [worker('work', { items: [item], maxDuration: '1h' })];
  const consumers = createConsumers({ ...base, bus: { ...bus, next }, subscriptions });
  const encoder = createEncoder({ producer: 'rendering', newId, clock });
  const meta = { ctx: aContext(), occurredAt: clock.now() };
  const publish = () => bus.publish(encoder.encode({ message: Dig, data: { depth: 1 } }, meta));
  return { consumers, publish, ended: ended.promise, back: given.promise, delays };
}
const fault = () => Promise.reject(busErrors.TIMEOUT('dig'));

test('faults are retried after 5 and 30 s, then given up', async () => {
  const { consumers, publish, ended, delays } = world(fault);
  consumers.start();
  await publish();
  expect(await ended).toBe('gave up');
  await consumers.stop();
  expect(delays).toEqual([5000, 30_000]);
});

test('the last attempt, failing because the process stops, goes back instead of to the dead letters', async () => {
  const running = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<void>();
  const { consumers, publish, ended, back, delays } = world((attempt) => {
    if (attempt < 3) return fault();
    running.resolve();
    return cut.promise;
  });
  consumers.start();
  await publish();
  await running.promise;
  delays.length = 0;
  const stopped = consumers.stop();
  cut.reject(busErrors.TIMEOUT('dig'));
  await stopped;
  expect(await Promise.race([back, ended])).toBe('back');
  expect(delays).toEqual([0]);
});
