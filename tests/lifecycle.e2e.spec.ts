import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNats } from '@gts/testing';
import { healthy, run } from './support/cli';
import { eventually } from './support/eventually';
import { aTake, askForRender, inspected, patient, record, rendered, slowChain } from './support/main-job';
import { type Person, signedIn } from './support/people';
import { isAlive, killAll, processesOf } from './support/processes';
import { startStack, type Stack } from './support/stack';
import { dropStores } from './support/store-address';

const SLOW = 400_000;
const START = join(__dirname, '..', 'tools', 'start.mjs');
const folder = mkdtempSync(join(tmpdir(), 'gts-life-'));
const dataDir = join(folder, 'data');
const env = { ACK_WAIT: '2s' };
const start = (demo: boolean): Promise<Stack> => startStack({ demo, dataDir, env, keep: true });

afterAll(async () => {
  await dropStores(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

/** Seconds that each step of the start took, as it printed them. */
const steps = ({ output }: Stack): string =>
  [...output().matchAll(/^(.+ … [\d.]+ s)$/gm)].map(([line]) => line).join('; ');
const demoOf = ({ output }: Stack): string | undefined => /\/listen\/([0-9a-f-]{36})/.exec(output())?.[1];

async function ended(stack: Stack, signal: NodeJS.Signals): Promise<void> {
  const pids = processesOf(stack);
  expect(pids.length).toBeGreaterThanOrEqual(9);
  expect(pids.filter(isAlive)).toEqual(pids);
  expect(await stack.stop(signal)).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
}

test(
  'a start reaches the demo, Ctrl-C ends every process with 0, a second start takes everything up',
  async () => {
    const first = await start(true);
    process.stdout.write(`start: ${steps(first)}\n`);
    expect(first.output()).toContain('Rendering the demo shootout');
    const demo = demoOf(first);
    const page = await fetch(`${first.url}/api/v1/public/shootouts/${demo}`);
    expect([page.status, ((await page.json()) as { tones: unknown[] }).tones.length]).toEqual([200, 4]);
    const other = await run(process.execPath, [START, '--no-demo'], { env: { GTS_DATA_DIR: dataDir } });
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('belongs to a stack that runs already')]);
    await ended(first, 'SIGINT');

    const second = await start(true);
    process.stdout.write(`second start: ${steps(second)}\n`);
    expect(demoOf(second)).toBe(demo);
    expect(second.output()).not.toContain('Rendering the demo shootout');
    const ben = await signedIn(second.url, 'ben');
    const { body } = await ben.ask('GET', '/shootouts');
    expect(body['items']).toMatchObject([{ id: demo, status: 'COMPLETED', renderVersion: 1 }]);
    await ended(second, 'SIGTERM');
  },
  SLOW,
);

const isRendering = async (person: Person, id: string): Promise<string> =>
  String((await person.ask('GET', `/shootouts/${id}/run`)).body['step']);

test(
  'a render that a power cut broke off is taken up by the next start',
  async () => {
    const first = await start(false);
    const ada = patient(await signedIn(first.url, 'ada'));
    const chains = [await slowChain(ada, 1), await slowChain(ada, 2)];
    const di = await record(ada, aTake(196, 12));
    await inspected(ada, di);
    const id = await askForRender(ada, di, chains);
    await eventually(
      () => isRendering(ada, id),
      (step) => step === 'render',
      { everyMs: 20 },
    );
    await killAll(first);

    const second = await start(false);
    const again = await signedIn(second.url, 'ada');
    expect((await again.ask('GET', `/shootouts/${id}`)).body['status']).not.toBe('FAILED');
    expect(await rendered(again, id, 200_000)).toBe('COMPLETED');
    expect(await healthy({ ...second, env })).toEqual([]);
    expect(await second.stop()).toBe(0);
  },
  SLOW,
);

describe('with a broker of somebody else', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.stop());

  test('NATS_URL is used, and left running', async () => {
    const stack = await startStack({ env: { NATS_URL: nats.url } });
    expect(stack.facts().natsUrl).toBe(nats.url);
    expect(stack.output()).not.toContain('Starting the broker');
    expect(await healthy(stack)).toEqual([]);
    expect(await stack.stop()).toBe(0);
    const next = await startStack({ env: { NATS_URL: nats.url } });
    expect(await next.stop()).toBe(0);
  });
});

describe('what cannot start says why', () => {
  const startWith = (more: Readonly<Record<string, string>>, ...args: string[]) =>
    run(process.execPath, [START, '--no-demo', ...args], { env: { GTS_DATA_DIR: join(folder, 'none'), ...more } });

  test('a taken port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await startWith({ GTS_PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken: is the product running already? Choose another: GTS_PORT=`);
  });

  test('an odd port, an odd flag', async () => {
    expect((await startWith({ GTS_PORT: 'eighty' })).stderr).toContain('GTS_PORT=eighty is not a port');
    const flag = await startWith({}, '--demo-please');
    expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining('unknown option --demo-please')]);
  });
});
