import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artefactContract, freePort, manualClock } from '@gts/testing';
import { s3Client } from './client';
import { keys } from './keys';
import { s3Artefacts } from './s3-artefacts';

// A process of its own: the emulator is a module that Jest's transformer does not read.
const EMULATOR = join(__dirname, '..', '..', '..', '..', 'node_modules', 'fauxqs', 'dist', 'cli.js');
let child: ChildProcess;
let endpoint: string;
beforeAll(async () => {
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  const env = { FAUXQS_PORT: String(port), FAUXQS_HOST: '127.0.0.1' };
  child = spawn(process.execPath, [EMULATOR], { stdio: ['ignore', 'pipe', 'inherit'], env });
  for await (const line of child.stdout?.iterator({ destroyOnReturn: false }) ?? [])
    if (String(line).includes('listening')) break;
  child.stdout?.resume();
});
afterAll(async () => {
  child.kill('SIGKILL');
  await once(child, 'exit');
});

let count = 0;
async function aBucket() {
  const bucket = `files-${count++}`;
  await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  return { endpoint, region: 'us-east-1', bucket, accessKey: 'key', secretKey: 'secret' };
}

artefactContract('S3', async (clock) => {
  const s3 = await aBucket();
  const temporary = await mkdtemp(join(tmpdir(), 'gts-s3-'));
  let room = Infinity;
  return {
    handle: (context) => s3Artefacts({ ...s3, context, clock, temporary, room: async () => room }),
    setRoom: (bytes) => void (room = bytes),
    damage: (sha256) => s3Client(s3).put(keys.content(sha256), 'rubbish'),
    leftovers: async () => (await readdir(temporary)).length,
    close: () => rm(temporary, { recursive: true }),
  };
});

describe('beyond the contract', () => {
  const clock = manualClock(new Date().getTime());

  test('a sweep that broke off is finished by the next, and spares what was marked meanwhile', async () => {
    const s3 = await aBucket();
    const store = s3Artefacts({ ...s3, context: 'rendering', clock });
    const [wanted, unwanted] = [await store.put(Buffer.from('wanted')), await store.put(Buffer.from('unwanted'))];
    await store.delete(unwanted.sha256);
    const client = s3Client(s3);
    for (const { sha256 } of [wanted, unwanted]) await client.put(keys.doomed(sha256), '');
    expect(await store.sweep()).toBe(1);
    expect([await store.keep(wanted.sha256), await store.keep(unwanted.sha256)]).toEqual([true, false]);
  });

  test('equal content put again heals what was damaged', async () => {
    const s3 = await aBucket();
    const store = s3Artefacts({ ...s3, context: 'rendering', clock });
    const bytes = Buffer.from('heals');
    const { sha256 } = await store.put(bytes);
    await s3Client(s3).put(keys.content(sha256), 'hurts');
    await store.put(bytes);
    expect(await store.read(sha256)).toEqual(bytes);
  });

  test('a list goes on where an answer ends', async () => {
    const client = s3Client(await aBucket());
    const names = Array.from({ length: 7 }, (_, at) => keys.free(String(at).padStart(64, '0')));
    for (const name of names) await client.put(name, '0');
    const found: string[] = [];
    for await (const { key } of client.list('', 3)) found.push(key);
    expect(found).toEqual(names);
  });

  test('a bucket that is not there, and a store that does not answer, say so', async () => {
    const nobody = { ...(await aBucket()), bucket: 'nobody-made-it' };
    const store = s3Artefacts({ ...nobody, context: 'rendering', clock });
    await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'store.unavailable' });
    const away = s3Artefacts({ ...nobody, endpoint: `http://127.0.0.1:${await freePort()}`, context: 'a', clock });
    await expect(away.stat('0'.repeat(64))).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});
