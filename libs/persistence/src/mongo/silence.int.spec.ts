import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import type { Store } from '../ports';
import { A, insert, things } from '../suite/kit';
import { openMongoStore } from './store';

const clock = manualClock(Math.floor(performance.timeOrigin));
const LATE = { code: 'STORE.DEADLINE_EXCEEDED' } as const;

/** A line to the server that can fall silent: nothing arrives any more, nobody hangs up. */
async function lineTo(url: string) {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let silent = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    sockets.push(near, far);
    for (const each of [near, far])
      each.on('error', () => undefined).on('close', () => [near, far].map((s) => s.destroy()));
    if (!silent) near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(url);
  address.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  // To this one address, whatever name the server gives itself.
  address.searchParams.delete('replicaSet');
  address.searchParams.set('directConnection', 'true');
  const silence = () => {
    silent = true;
    sockets.forEach((each) => each.unpipe().pause());
  };
  const cut = () => {
    server.close();
    sockets.forEach((each) => each.destroy());
  };
  return { url: address.href, silence, cut };
}

describeOnMongo('a replica set that falls silent', () => {
  const databases = mongoDatabases('silence');
  afterAll(() => databases.drop());
  let line: Awaited<ReturnType<typeof lineTo>>;
  let store: Store;

  beforeEach(async () => {
    line = await lineTo(databases.fresh());
    store = await openMongoStore({ url: line.url, appName: 'silence', clock });
    await insert(store, 'one', { n: 1 });
  });
  afterEach(async () => {
    line.cut();
    await store.close();
  });

  test('a unit ends when its time is over', async () => {
    const start = performance.now();
    const unit = store.transaction(
      A,
      async (open) => {
        await open.collection(things).get('one');
        line.silence();
        await open.collection(things).insert('two', {});
      },
      { timeoutMs: 500 },
    );
    await expect(unit).rejects.toMatchObject(LATE);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('a commit without an answer is an unknown outcome', async () => {
    const start = performance.now();
    const unit = store.transaction(
      A,
      async (open) => {
        await open.collection(things).insert('two', {});
        line.silence();
      },
      { timeoutMs: 500 },
    );
    await expect(unit).rejects.toMatchObject({ code: 'STORE.UNAVAILABLE', details: { outcome: 'unknown' } });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('reads and leases give up, health says that it passes', async () => {
    line.silence();
    const asked = [store.collection(things, A).find('one'), store.leases.acquire('mine', 'we', 1000)];
    for (const each of asked) await expect(each).rejects.toMatchObject(LATE);
    expect(await store.health()).toMatchObject({ ok: false, passing: true });
  });
});
