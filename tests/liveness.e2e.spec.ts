import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBreakableStack } from './support/crash';
import { documents } from './support/evidence';
import { aTake, askForRender, inspected, patient, record, slowChain, status } from './support/main-job';
import { type Person, signedIn } from './support/people';
import type { Stack } from './support/stack';

const ACK_WAIT_MS = 2000;
const SLOWEST_MEDIAN_MS = 50;
let stack: Stack;
let ada: Person;

beforeAll(async () => {
  stack = await startBreakableStack();
  ada = patient(await signedIn(stack.url, 'ada'));
}, 180_000);
afterAll(() => stack.stop());

/** The port of a service's health routes, chosen by the starter. */
function opsPort(service: string): number {
  const log = readFileSync(join(stack.dataDir, 'logs', `${service}.log`), 'utf8');
  return Number(/"opsPort":(\d+)/.exec(log)?.[1]);
}

async function answerMs(address: string): Promise<number> {
  const start = performance.now();
  const reply = await fetch(address);
  await reply.text();
  expect(reply.status).toBe(200);
  return performance.now() - start;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

test('rendering answers and gives signs of life while both its workers are busy for longer than the ack wait', async () => {
  const chains = [await slowChain(ada, 1), await slowChain(ada, 2), await slowChain(ada, 3)];
  const di = await record(ada, aTake(196, 12));
  expect(await inspected(ada, di)).toBe('READY');
  const live = `http://127.0.0.1:${opsPort('rendering')}/health/live`;
  const shootout = await askForRender(ada, di, chains);
  const started = performance.now();
  const waits: number[] = [];
  let now = 'QUEUED';
  while (now !== 'COMPLETED' && now !== 'FAILED') {
    for (let i = 0; i < 10; i++) waits.push(await answerMs(live));
    now = await status(ada, `/shootouts/${shootout}`);
  }
  expect((await ada.ask('GET', `/shootouts/${shootout}`)).body).toMatchObject({ status: 'COMPLETED' });
  expect(performance.now() - started).toBeGreaterThan(2 * ACK_WAIT_MS);
  expect(median(waits)).toBeLessThan(SLOWEST_MEDIAN_MS);
  // Without signs of life the broker would have handed the items out again, and the second claim would count.
  const attempts = documents(stack.dataDir, 'rendering', 'chain_renders').map(({ body }) => body['attempt']);
  expect(attempts).toEqual([1, 1, 1]);
}, 120_000);
