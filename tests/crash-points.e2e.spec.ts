import { type Act, arm, deaths, pidOf, type Plan, startBreakableStack, unmet } from './support/crash';
import { eventually } from './support/eventually';
import { Broker, countTypes, deadLetters, documents, outboxes, type Sent } from './support/evidence';
import { aTake, askForRender, inspected, patient, record, rendered, tinyChain } from './support/main-job';
import { type Person, signedIn } from './support/people';
import type { Stack } from './support/stack';

// delivery.md §14, L2: a SIGKILL at each crash point, and other fates at many of them, during the main job, over the real stack. One stack serves all:
// services are brought back by the starter, and each job uses a recording of its own.
let stack: Stack;
let broker: Broker;
/** In turns, because each may create ten things a minute. */
let people: { person: Person; chains: readonly string[] }[];
let usual: Record<string, number>;
let frequency = 110;

beforeAll(async () => {
  stack = await startBreakableStack();
  broker = await Broker.connect(stack);
  people = await Promise.all(['ada', 'ben', 'cleo'].map(musician));
  await broker.quiet();
  const before = known();
  await theJob([]);
  usual = countTypes(since(before));
}, 180_000);
afterAll(async () => {
  await broker.close();
  await stack.stop();
});

async function musician(name: string, nth: number) {
  const person = patient(await signedIn(stack.url, name));
  return { person, chains: [await tinyChain(person, 10 * nth + 1), await tinyChain(person, 10 * nth + 2)] };
}

const known = () => new Set(outboxes(stack.dataDir).map(({ id }) => id));
const since = (before: ReadonlySet<string>): Sent[] => outboxes(stack.dataDir).filter(({ id }) => !before.has(id));
const of = (service: string, name: string, having: Readonly<Record<string, unknown>>) =>
  documents(stack.dataDir, service, name).filter(({ body }) =>
    Object.entries(having).every(([field, value]) => body[field] === value),
  );

type Prepared = Readonly<{ person: Person; chains: readonly string[]; di: string }>;

/** Somebody's new recording, heard and judged. */
async function prepared(): Promise<Prepared> {
  const next = people.shift();
  if (!next) throw new Error('nobody is there');
  people.push(next);
  const di = await record(next.person, aTake((frequency += 7)));
  expect(await inspected(next.person, di)).toBe('READY');
  await broker.quiet();
  return { ...next, di };
}

/** Renders until nothing is on its way any more. @returns the id of the shootout */
async function render(
  { person, di, chains }: Prepared,
  meanwhile: () => Promise<void> | void = () => {},
): Promise<string> {
  const id = await askForRender(person, di, chains);
  await meanwhile();
  expect(await rendered(person, id)).toBe('COMPLETED');
  await broker.quiet();
  return id;
}

/** The main job, with services dying where the plans say. */
async function theJob(plans: readonly Plan[]): Promise<string> {
  const ready = await prepared();
  arm(stack.dataDir, plans);
  return render(ready);
}

/** One effect of each kind in every store. */
function assertOneOfEach(shootoutId: string): void {
  const manifests = documents(stack.dataDir, 'shootouts', 'manifests');
  expect(manifests.filter(({ id }) => id.startsWith(shootoutId))).toHaveLength(1);
  const [job, ...jobs] = of('rendering', 'render_jobs', { shootoutId });
  expect([job?.body['status'], jobs]).toEqual(['completed', []]);
  const runId = job?.id;
  const renders = of('rendering', 'chain_renders', { runId }).map(({ body }) => body['status']);
  expect(renders).toEqual(['rendered', 'rendered']);
  expect(documents(stack.dataDir, 'gear-catalog', 'gear_holds').filter(({ id }) => id === runId)).toHaveLength(1);
  const sagas = documents(stack.dataDir, 'shootouts', 'sagas').map(({ body }) => body['state']);
  expect(new Set(sagas)).toEqual(new Set(['completed']));
  expect(documents(stack.dataDir, 'shootouts', 'timers').filter(({ body }) => body['kind'] !== 'stuck')).toEqual([]);
  expect(documents(stack.dataDir, 'rendering', 'render_queue')).toEqual([]);
}

const at = (point: Plan['point'], ...services: readonly (string | readonly [string, number])[]): Plan[] =>
  services.map((each) =>
    typeof each === 'string' ? { service: each, point } : { service: each[0], point, passages: each[1] },
  );

const four = ['shootouts', 'signal-chains', 'gear-catalog', 'rendering'] as const;

test.each<[string, readonly Plan[]]>([
  [
    'unit.beforeCommit',
    at('unit.beforeCommit', ['shootouts', 4], 'signal-chains', ['gear-catalog', 1], ['rendering', 5]),
  ],
  [
    'unit.afterCommit',
    at('unit.afterCommit', ['shootouts', 2], 'signal-chains', ['gear-catalog', 1], ['rendering', 3]),
  ],
  // What this process committed itself is handed over without a read: only after a crash are rows read.
  [
    'relay.afterPublish, then relay.afterRead',
    [...at('relay.afterPublish', ...four), ...at('relay.afterRead', ...four)],
  ],
  ['relay.afterMark', at('relay.afterMark', ...four)],
  ['consumer.afterReceive', at('consumer.afterReceive', ...four)],
  // Handed back, not killed: nats-server 2.9 may count anew when a receiver died (its issue 5346).
  [
    'consumer.afterGuard',
    [
      { service: 'signal-chains', point: 'consumer.afterReceive', act: 'throw' },
      ...at('consumer.afterGuard', 'signal-chains', ['rendering', 1]),
    ],
  ],
  ['consumer.afterApply', at('consumer.afterApply', ...four)],
  ['consumer.afterCommit', at('consumer.afterCommit', ...four)],
  ['consumer.afterAck', at('consumer.afterAck', ...four)],
  ['saga.afterStep', at('saga.afterStep', ['shootouts', 2])],
  ['saga.afterCommit', at('saga.afterCommit', ['shootouts', 1])],
  ['participant.beforeComplete', at('participant.beforeComplete', 'rendering')],
  ['rpc.afterCommit', at('rpc.afterCommit', ['shootouts', 1])],
])('SIGKILL at %s: the main job completes with one effect of each kind', async (_point, plans) => {
  const [before, diedBefore] = [known(), deaths(stack.dataDir).length];
  assertOneOfEach(await theJob(plans));
  const died = deaths(stack.dataDir).slice(diedBefore).toSorted();
  const killed = plans.filter(({ act = 'kill' }) => act === 'kill');
  expect(died).toEqual(killed.map(({ service, point }) => `${service} ${point}`).toSorted());
  expect(unmet(stack.dataDir, plans)).toEqual([]);
  expect(countTypes(since(before))).toEqual(usual);
  expect(deadLetters(stack.dataDir)).toEqual([]);
});

const fate = (act: Act, plans: readonly Plan[]): [Act, readonly Plan[]] => [
  act,
  plans.map((plan) => ({ ...plan, act })),
];

test.each([
  fate('throw', [
    ...at('unit.beforeCommit', ['rendering', 5]),
    ...at('unit.afterCommit', 'signal-chains'),
    ...at('relay.afterPublish', ...four),
    ...at('consumer.afterCommit', ...four),
    ...at('saga.afterStep', ['shootouts', 2]),
    ...at('participant.beforeComplete', 'rendering'),
  ]),
  fate('hang', [
    ...at('unit.beforeCommit', ['rendering', 5]),
    ...at('relay.afterPublish', ...four),
    ...at('consumer.afterCommit', ...four),
    ...at('consumer.afterApply', 'gear-catalog'),
    ...at('rpc.afterCommit', ['shootouts', 1]),
  ]),
  fate('slow', [
    ...at('unit.beforeCommit', ...four),
    ...at('unit.afterCommit', ...four),
    ...at('relay.afterMark', ...four),
    ...at('consumer.afterReceive', ...four),
    ...at('consumer.afterAck', ...four),
    ...at('saga.afterCommit', ['shootouts', 1]),
  ]),
])('%s at many points: nobody dies, the main job completes with one effect of each kind', async (_act, plans) => {
  const [before, diedBefore] = [known(), deaths(stack.dataDir)];
  assertOneOfEach(await theJob(plans));
  expect(unmet(stack.dataDir, plans)).toEqual([]);
  expect(deaths(stack.dataDir)).toEqual(diedBefore);
  expect(countTypes(since(before))).toEqual(usual);
  expect(deadLetters(stack.dataDir)).toEqual([]);
});

test('SIGKILL at timer.afterRead and timer.afterCommit: a step is asked for again, two answers count once', async () => {
  const plans = [...at('timer.afterRead', 'shootouts'), ...at('timer.afterCommit', 'shootouts')];
  const before = known();
  const ready = await prepared();
  arm(stack.dataDir, plans);
  const silent = pidOf(stack.dataDir, 'signal-chains');
  process.kill(silent, 'SIGSTOP');
  const id = await render(ready, async () => {
    await eventually(
      () => unmet(stack.dataDir, plans),
      (left) => left.length === 0,
    );
    process.kill(silent, 'SIGCONT');
  });
  assertOneOfEach(id);
  const twice = { 'signal-chains.SnapshotChains': 2, 'signal-chains.ChainsSnapshotted': 2 };
  expect(countTypes(since(before))).toEqual({ ...usual, ...twice });
}, 120_000);

test('SIGKILL at shutdown.midDrain: a service that dies while it drains leaves nothing behind', async () => {
  const plans = at('shutdown.midDrain', 'shootouts', 'rendering');
  const before = known();
  const ready = await prepared();
  arm(stack.dataDir, plans);
  const stop = () => plans.forEach(({ service }) => process.kill(pidOf(stack.dataDir, service), 'SIGTERM'));
  assertOneOfEach(await render(ready, stop));
  expect(countTypes(since(before))).toEqual(usual);
  expect(unmet(stack.dataDir, plans)).toEqual([]);
});

test('SIGKILL at park.afterCommit and redrive.afterStart: one dead letter, redriven once', async () => {
  const before = known();
  const [first] = people;
  if (!first) throw new Error('nobody is there');
  const { person, chains } = first;
  const refused: Plan = { service: 'rendering', point: 'consumer.afterApply', act: 'refuse' };
  const parked = at('park.afterCommit', 'rendering');
  arm(stack.dataDir, [refused, ...parked]);
  const di = await record(person, aTake((frequency += 7)));
  await eventually(
    () => unmet(stack.dataDir, parked),
    (left) => left.length === 0,
  );
  await broker.quiet();
  const [letter, ...more] = deadLetters(stack.dataDir);
  expect([letter?.['state'], letter?.['reason'], more]).toEqual(['parked', 'HANDLER_REFUSED', []]);
  const plans = at('redrive.afterStart', 'rendering');
  arm(stack.dataDir, plans);
  const cleo = patient(await signedIn(stack.url, 'cleo'));
  const order = { keys: [letter?.['key']], reason: 'repaired', dryRun: false };
  expect((await cleo.post('/admin/contexts/rendering/dead-letters/redrive', order)).status).toBe(202);
  expect(await inspected(person, di)).toBe('READY');
  await broker.quiet();
  assertOneOfEach(await render({ person, chains, di }));
  expect(unmet(stack.dataDir, plans)).toEqual([]);
  // Who was killed held the lease of redrives; in a database that others use, too, it ends by its time only.
  const states = () => deadLetters(stack.dataDir).map(({ state }) => state);
  expect(await eventually(states, ([state]) => state !== 'redriving')).toEqual(['resolved']);
  expect(countTypes(since(before))).toEqual({ ...usual, 'dead letter': 1 });
});

test('I1: the streams hold what was committed to be sent, each message once', async () => {
  const ids = await broker.messageIds();
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(
    outboxes(stack.dataDir)
      .map(({ msgId }) => msgId)
      .toSorted(),
  );
}, 60_000);
