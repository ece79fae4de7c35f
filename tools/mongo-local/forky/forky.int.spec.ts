import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { MongoClient } from 'mongodb';
import { cacheFolder } from '../../lib/cache-folder.mjs';
import { environment, lack } from '../spec-support/world.ts';

const missing = lack();
const describeHere = missing === undefined ? describe : describe.skip;
const FIRST_START_MS = 300_000;
const HOME = join(__dirname, '..', '..', '..');
const MAIN = join(HOME, 'tools', 'mongo-local', 'main.ts');
const PREFIX = 'MONGODB_URI=';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
const children: Child[] = [];

const start = (args: readonly string[] = [], env: NodeJS.ProcessEnv = environment): Child => {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env });
  children.push(child);
  return child;
};

async function outputOf(stream: Readable, ending: string): Promise<string> {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.endsWith(ending)) break;
  }
  return text;
}

const uriOf = async (child: Child): Promise<string> => {
  const line = await outputOf(child.stdout, '\n');
  expect(line).toMatch(/^MONGODB_URI=mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=rs0\n$/);
  return line.trim().slice(PREFIX.length);
};
const end = async (child: Child, signal: NodeJS.Signals): Promise<number | null> => {
  child.kill(signal);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
};

/** Folders of runs in the tree that is in use. */
function runs(): readonly string[] {
  const folder = join(cacheFolder(), 'forky');
  const { tree } = JSON.parse(readFileSync(join(folder, 'stamp.json'), 'utf8')) as { tree: string };
  return readdirSync(join(folder, tree, 'data')).filter((name) => name.startsWith('run-'));
}
const runsOf = (child: Child) => runs().filter((name) => name.startsWith(`run-${child.pid}`));

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

describeHere(`npm run mongo:local${missing === undefined ? '' : ` (${missing})`}`, () => {
  test(
    'prints its address, stays, and leaves nothing when it is told to stop',
    async () => {
      const child = start();
      const client = await new MongoClient(await uriOf(child)).connect();
      await client.db('a').collection('b').insertOne({});
      expect(runsOf(child).length).toBeGreaterThan(0);
      await client.close();
      expect(await end(child, 'SIGTERM')).toBe(0);
      expect(runsOf(child)).toEqual([]);
    },
    FIRST_START_MS,
  );

  test('two run beside each other, each with a store of its own', async () => {
    const [one, two] = [start(), start()];
    const clients = await Promise.all([one, two].map(async (child) => new MongoClient(await uriOf(child)).connect()));
    await clients[0]?.db('a').collection('b').insertOne({});
    expect(await clients[1]?.db('a').collection('b').countDocuments()).toBe(0);
    for (const client of clients) await client.close();
    expect([await end(one, 'SIGINT'), await end(two, 'SIGINT')]).toEqual([0, 0]);
  });

  test('what a killed one left behind is cleared away by the next', async () => {
    const killed = start();
    await uriOf(killed);
    await end(killed, 'SIGKILL');
    expect(runsOf(killed).length).toBeGreaterThan(0);
    const next = start();
    await uriOf(next);
    expect(runsOf(killed)).toEqual([]);
    await end(next, 'SIGTERM');
  });

  test('one that belongs to a test ends with it', async () => {
    const child = start(['--with-stdin']);
    await uriOf(child);
    child.stdin.end();
    expect(((await once(child, 'exit')) as [number])[0]).toBe(0);
  });

  test('on a machine without the programs it says so in one line', async () => {
    const child = start([], { ...environment, PATH: '' });
    expect(await outputOf(child.stderr, '\n')).toBe(
      'mongo:local: not available here: it needs apt-get, dpkg-deb, tar, mknod of Debian\n',
    );
    expect(await once(child, 'exit')).toEqual([69, null]);
  });
});
