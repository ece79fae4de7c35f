import { gts } from './support/cli';
import { Broker, documents } from './support/evidence';
import { eventually } from './support/eventually';
import { aTake, askForRender, inspected, record, rendered, slowChain } from './support/main-job';
import { type Person, signedIn, withToken } from './support/people';
import { type Stack, startStack } from './support/stack';

// What operators do goes through tokens of administrators, each time with a reason.
let stack: Stack;
let cleo: Person;
let operator: Person;
const CONTEXTS = ['identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering'];

beforeAll(async () => {
  stack = await startStack();
  cleo = await signedIn(stack.url, 'cleo');
  operator = await withToken(stack.url, cleo, ['ops']);
}, 120_000);
afterAll(() => stack.stop());

test.each(CONTEXTS)('a token for operators reads outbox and dead letters of %s', async (context) => {
  const outbox = await operator.ask('GET', `/admin/contexts/${context}/outbox`);
  expect(outbox.status).toBe(200);
  for (const field of ['pending', 'quarantined', 'oldestPendingAt']) expect(outbox.body).toHaveProperty(field);
  expect((await operator.ask('GET', `/admin/contexts/${context}/dead-letters`)).status).toBe(200);
});

test('it does nothing else, and others have none', async () => {
  expect((await operator.ask('GET', '/signal-chains')).code).toBe('HTTP.SCOPE_MISSING');
  const other = await withToken(stack.url, cleo, ['read', 'write', 'render']);
  expect((await other.ask('GET', '/admin/contexts/shootouts/outbox')).code).toBe('HTTP.SCOPE_MISSING');
  const ada = await signedIn(stack.url, 'ada');
  await expect(withToken(stack.url, ada, ['ops'])).rejects.toThrow('IDENTITY.SCOPE_FORBIDDEN');
  expect((await ada.ask('GET', '/admin/contexts/shootouts/outbox')).code).toBe('HTTP.FORBIDDEN');
});

const reason = 'the fault is repaired';
test.each<[string, object]>([
  ['/dead-letters/redrive', { keys: ['x'], dryRun: false }],
  ['/dead-letters/discard', { keys: ['x'] }],
  ['/outbox/release', { ids: ['x'] }],
  ['/outbox/skip', { ids: ['x'] }],
  ['/outbox/republish', { since: '2999-01-01T00:00:00.000Z', dryRun: false }],
])('%s needs a reason', async (verb, data) => {
  const path = `/admin/contexts/shootouts${verb}`;
  const bare = await operator.post(path, data);
  expect({ status: bare.status, code: bare.code }).toEqual({ status: 422, code: 'HTTP.VALIDATION_FAILED' });
  expect((await operator.post(path, { ...data, reason })).status).toBe(202);
});

test('what was sent goes out again from the command line, with a reason: counted first', async () => {
  const republish = ['outbox', 'republish', '--context', 'shootouts', '--since', '2999-01-01T00:00:00Z'];
  expect((await gts(stack.url, ...republish)).code).toBe(2);
  const why = ['--reason', reason];
  expect(await gts(stack.url, ...republish, ...why)).toMatchObject({ stdout: '0 would be sent again: --run\n' });
  expect(await gts(stack.url, ...republish, ...why, '--run')).toMatchObject({ stdout: '0 of 0 are sent again\n' });
  expect((await gts(stack.url, ...republish.slice(0, 4), ...why)).code).toBe(2);
});

test.each(['retry', 'skip', 'cancel', 'abort'])('saga %s needs a reason', async (verb) => {
  const path = '/admin/contexts/shootouts/sagas/0199f000-0000-7000-8000-000000000001';
  expect((await operator.post(`${path}/${verb}`, {})).status).toBe(422);
  expect((await operator.post(`${path}/${verb}`, { reason })).status).toBe(404);
});

type Render = Readonly<{ runId: string; shootoutId: string; status: string }>;
async function renders(): Promise<Render[]> {
  const { code, stdout, stderr } = await gts(stack.url, 'render-jobs', 'list', '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Render[];
}

test("a render of anybody's workspace is cancelled with a reason: its shootout says so, and nothing is left of it", async () => {
  const ada = await signedIn(stack.url, 'ada');
  const chains = [await slowChain(ada, 1), await slowChain(ada, 2)];
  // Far longer to render than this test takes.
  const di = await record(ada, aTake(196, 60));
  expect(await inspected(ada, di)).toBe('READY');
  const id = await askForRender(ada, di, chains);
  const [job] = await eventually(renders, ([first]) => first?.status === 'rendering', { withinMs: 60_000 });
  expect(job).toMatchObject({ shootoutId: id });
  const shown = await gts(stack.url, 'render-jobs', 'show', job?.runId ?? '');
  expect(JSON.parse(shown.stdout)).toMatchObject({ runId: job?.runId, status: 'rendering' });
  const cancel = ['render-jobs', 'cancel', job?.runId ?? ''];
  expect((await gts(stack.url, ...cancel)).code).toBe(2);
  const { code, stdout } = await gts(stack.url, ...cancel, '--reason', reason);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { ...job, status: 'failed' }]);
  expect(await rendered(ada, id)).toBe('FAILED');
  expect((await ada.ask('GET', `/shootouts/${id}`)).body).toMatchObject({ failure: { code: 'cancelled' } });
  const broker = await Broker.connect(stack);
  await broker.quiet();
  await broker.close();
  expect(await renders()).toEqual([]);
  expect(documents(stack.dataDir, 'rendering', 'operator_audit').map(({ body }) => body)).toMatchObject([
    { verb: 'CancelRenderByOperator', reason, keys: [job?.runId] },
  ]);
  expect((await operator.post(`/admin/render-jobs/${job?.runId}/cancel`, { reason })).status).toBe(404);
}, 180_000);
