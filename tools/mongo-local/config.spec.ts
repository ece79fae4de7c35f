import { homedir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './config.ts';

const read = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => readOptions(args, env);

test('by default it listens on a free port of the loopback and keeps what it fetched for all clones', () => {
  expect(read([], { PATH: '/bin' })).toEqual({
    cache: join(homedir(), '.cache', 'gts'),
    path: '/bin',
    listen: { host: '127.0.0.1', port: 0 },
    txIdleMs: 60_000,
    withStdin: false,
    uninitiated: false,
  });
});

test('arguments and environment change that; what stands behind -- is ignored', () => {
  const args =
    '--listen 0.0.0.0:27017 --advertise mongodb:27017 --tx-idle 0.5 --uninitiated --data /data -- mongod --replSet rs0';
  const env = { GTS_CACHE: '/cache', MONGO_INITDB_ROOT_USERNAME: 'root', MONGO_INITDB_ROOT_PASSWORD: 'pw' };
  expect(read(args.split(' '), env)).toMatchObject({
    cache: '/cache',
    listen: { host: '0.0.0.0', port: 27_017 },
    advertise: 'mongodb:27017',
    txIdleMs: 500,
    data: '/data',
    uninitiated: true,
    root: { name: 'root', password: 'pw' },
  });
});

test.each([
  ['--listen', 'nowhere'],
  ['--listen', 'host:99999'],
  ['--tx-idle', '0'],
  ['--tx-idle', 'long'],
  ['--port', '1'],
])('%s %s is refused by name', (name, value) => {
  expect(() => read([name, value])).toThrow(name);
});
