import { deaths, diedTimes, poisonFile, startBreakableStack } from './support/crash';
import { gts } from './support/cli';
import { Broker, deadLetters, documents } from './support/evidence';
import { eventually } from './support/eventually';
import { aTake, askForRender, inspected, patient, record, rendered, status, tinyChain } from './support/main-job';
import { type Person, signedIn } from './support/people';
import type { Stack } from './support/stack';

// A message that kills its worker each time: bytes with a mark, and a release of rendering that dies of them.
const MARK = 'gts-poison';
let stack: Stack;
let broker: Broker;
let ada: Person;
let good: readonly [string, string];
let frequency = 300;
let poison: ReturnType<typeof poisonFile>;

beforeAll(async () => {
  stack = await startBreakableStack();
  poison = poisonFile(stack.dataDir);
  broker = await Broker.connect(stack);
  ada = patient(await signedIn(stack.url, 'ada'));
  good = [await tinyChain(ada, 1), await tinyChain(ada, 2)];
}, 180_000);
afterAll(async () => {
  await broker.close();
  await stack.stop();
});

async function recorded(): Promise<string> {
  const di = await record(ada, aTake((frequency += 11)));
  expect(await inspected(ada, di)).toBe('READY');
  return di;
}

type Letter = Readonly<{ key: string; consumer: string; reason: string; state: string; redriveCount: number }>;
/** As an operator sees them; nothing while a service is being brought back. */
async function parkedLetters(): Promise<Letter[]> {
  const { code, stdout } = await gts(stack.url, 'dlq', 'list', '--context', 'rendering', '--json');
  return code === 0 ? (JSON.parse(stdout) as Letter[]) : [];
}

const stateOf = (key: string) => deadLetters(stack.dataDir).find((letter) => letter['key'] === key)?.['state'];

async function redrive(key: string): Promise<void> {
  const words = ['dlq', 'redrive', key, '--context', 'rendering', '--reason', 'the release is repaired'];
  expect(JSON.parse((await gts(stack.url, ...words, '--json')).stdout)).toMatchObject({ matched: 1, redriven: 0 });
  expect(await gts(stack.url, ...words, '--run')).toMatchObject({ code: 0 });
  await eventually(
    () => stateOf(key),
    (state) => state !== 'redriving' && state !== 'parked',
  );
}

const manifestsOf = (id: string) =>
  documents(stack.dataDir, 'shootouts', 'manifests').filter((row) => row.id.startsWith(id));
const jobsOf = (id: string) =>
  documents(stack.dataDir, 'rendering', 'render_jobs').filter(({ body }) => body['shootoutId'] === id);

test('a command that kills its worker is parked, others go on; redriven after the fix it completes, once', async () => {
  // The chain's name travels in the command to rendering as the tone's label.
  const marked = await tinyChain(ada, 3, { name: MARK });
  const [bad, fine, later] = [await recorded(), await recorded(), await recorded()];
  poison.spread();
  const killer = await askForRender(ada, bad, [good[0], marked]);
  const innocent = await askForRender(ada, fine, good);
  expect(await rendered(ada, innocent)).toBe('COMPLETED');
  const [letter, ...more] = await eventually(parkedLetters, (found) => found.length > 0);
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ consumer: 'rendering__control', reason: 'ATTEMPTS_EXHAUSTED', state: 'parked' });
  expect(deaths(stack.dataDir)).toEqual(Array.from({ length: 6 }, () => 'rendering poison'));
  const afterwards = await askForRender(ada, later, good);
  expect(await rendered(ada, afterwards)).toBe('COMPLETED');
  expect(await status(ada, `/shootouts/${killer}`)).not.toBe('FAILED');
  poison.cure();
  await redrive(letter?.key ?? '');
  expect(await rendered(ada, killer)).toBe('COMPLETED');
  await broker.quiet();
  expect([manifestsOf(killer).length, jobsOf(killer).length]).toEqual([1, 1]);
  expect(deadLetters(stack.dataDir).map(({ state }) => state)).toEqual(['resolved']);
}, 180_000);

test('a work item that kills its worker fails its run only; its redrive finds the run ended, a new run completes', async () => {
  const before = deaths(stack.dataDir).length;
  const marked = await tinyChain(ada, 4, { mark: MARK });
  const [bad, fine] = [await recorded(), await recorded()];
  poison.spread();
  const killer = await askForRender(ada, bad, [good[0], marked]);
  await diedTimes(stack.dataDir, before + 1, 'poison');
  const innocent = await askForRender(ada, fine, good);
  expect(await rendered(ada, innocent)).toBe('COMPLETED');
  expect(await rendered(ada, killer)).toBe('FAILED');
  const { failure } = (await ada.ask('GET', `/shootouts/${killer}`)).body as { failure: Record<string, unknown> };
  expect(failure).toMatchObject({ code: 'engine.crash' });
  expect(deaths(stack.dataDir)).toHaveLength(before + 3);
  const [letter, ...more] = await eventually(parkedLetters, (found) => found.length > 0);
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ consumer: 'rendering__work', reason: 'ATTEMPTS_EXHAUSTED' });
  poison.cure();
  await redrive(letter?.key ?? '');
  // Nobody waits for it any more: the run has told its end.
  expect(stateOf(letter?.key ?? '')).toBe('discarded');
  expect(await status(ada, `/shootouts/${killer}`)).toBe('FAILED');
  expect((await ada.post(`/shootouts/${killer}/render`)).status).toBe(202);
  await eventually(
    () => status(ada, `/shootouts/${killer}`),
    (now) => now === 'COMPLETED',
  );
  await broker.quiet();
  expect(manifestsOf(killer)).toHaveLength(1);
}, 180_000);
