import { createHash } from 'node:crypto';
import {
  brokerKeysConf,
  type BrokerUser,
  brokerUsersConf,
  catalogue,
  declaredServices,
  objectStore,
  topologyOf,
} from '@gts/contracts';
import { applyTopology, connectNats, newUserSeed, userKey } from '@gts/messaging';
import { artefactContract, manualClock, type NatsServer, startNats } from '@gts/testing';
import { connect, type NatsConnection } from 'nats';
import { placeOf } from '../place';
import { type Bucket, openBucket } from './bucket';
import { natsArtefacts } from './nats-artefacts';
import { packed } from './meta';
import { CHUNK_BYTES } from './write';

let server: NatsServer;
let nc: NatsConnection;
beforeAll(async () => {
  server = await startNats();
  nc = await connect({ servers: server.url });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});

let count = 0;
/** A bucket of its own, as `topology apply` makes it. */
async function aBucket(maxBytes = 1 << 30): Promise<string> {
  const bucket = `test${count++}`;
  const jsm = await nc.jetstreamManager();
  await jsm.streams.add({
    name: `OBJ_${bucket}`,
    subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
    max_bytes: maxBytes,
    discard: 'new' as never,
    allow_direct: true,
    allow_rollup_hdrs: true,
  });
  return bucket;
}
const remove = async (bucket: string) => void (await (await nc.jetstreamManager()).streams.delete(`OBJ_${bucket}`));

/** Subjects of chunks that no object names and that hold bytes. */
async function unnamed(bucket: Bucket): Promise<number> {
  const named = new Set<string>();
  for (const subject of (await bucket.subjects(bucket.names.allMeta)).keys()) {
    const meta = await bucket.newest(subject);
    named.add((JSON.parse(Buffer.from(meta?.data ?? []).toString()) as { nuid: string }).nuid);
  }
  let found = 0;
  for (const subject of (await bucket.subjects(bucket.names.allChunks)).keys())
    if (!named.has(bucket.names.nuidOf(subject)) && (await bucket.newest(subject))?.data.length) found += 1;
  return found;
}

/** Lets an object name other bytes of the same length. */
async function damage(bucket: Bucket, sha256: string): Promise<void> {
  const kept = await bucket.find(sha256);
  if (!kept) return;
  const seq = await bucket.append(kept.meta.nuid, 9999, Buffer.alloc(kept.meta.size));
  const metadata = { ...kept.meta.metadata, sequences: packed([seq]) };
  await bucket.replace({ ...kept.meta, metadata }, kept.seq);
}

/** The bucket that the topology makes, at a broker that knows the users that are generated and nobody else. */
describe('as the users of a cluster', () => {
  const place = placeOf('nats:artefacts?max=256MiB');
  if (place.kind !== 'nats') throw new Error('no place in the broker');
  const { bucket: name } = place;
  const topology = topologyOf(catalogue, declaredServices, { limits: 'development', files: place });
  const seeds = new Map(Object.keys(topology.permissions).map((user) => [user, newUserSeed()]));
  const connections = new Map<string, NatsConnection>();
  let guarded: NatsServer;
  const as = async (user: string): Promise<NatsConnection> => {
    const open = { service: user as BrokerUser, url: guarded.url, nkey: seeds.get(user) };
    const connection = connections.get(user) ?? (await connectNats(open));
    connections.set(user, connection);
    return connection;
  };

  beforeAll(async () => {
    const keys = Object.fromEntries([...seeds].map(([user, seed]) => [user, userKey(seed).publicKey]));
    guarded = await startNats('include ./users.conf\n', {
      'users.conf': brokerUsersConf(topology),
      'keys.conf': brokerKeysConf(keys),
    });
    await applyTopology(await as('topology'), topology, { mode: 'apply' });
  });
  afterAll(async () => {
    for (const connection of connections.values()) await connection.close();
    await guarded.stop();
  });
  const emptied = async () => {
    const jsm = await (await as('topology')).jetstreamManager();
    await jsm.streams.purge(objectStore(name).stream);
  };

  artefactContract('JetStream object store', async (clock) => {
    const own = { rendering: await as('rendering'), shootouts: await as('shootouts') };
    const bucket = await openBucket(own.rendering, name);
    let room = Infinity;
    return {
      handle: (context) =>
        natsArtefacts({
          nc: own[context as keyof typeof own],
          bucket: name,
          context,
          clock,
          room: async () => room,
        }),
      setRoom: (bytes) => void (room = bytes),
      damage: (sha256) => damage(bucket, sha256),
      leftovers: () => unnamed(bucket),
      close: emptied,
    };
  });

  const clock = manualClock(new Date().getTime());
  const storeOf = async (user: string) => natsArtefacts({ nc: await as(user), bucket: name, context: user, clock });
  const users = declaredServices.filter(({ files }) => files !== 'none').map(({ service }) => service);

  test.each(users)('%s puts, keeps, reads whole and in part, and gives up', async (user) => {
    const bytes = Buffer.alloc(CHUNK_BYTES + 10, user);
    const store = await storeOf(user);
    const { sha256 } = await store.put(bytes);
    expect(await store.keep(sha256)).toBe(true);
    expect(bytes.equals((await store.read(sha256)) ?? new Uint8Array())).toBe(true);
    const parts: Uint8Array[] = [];
    for await (const part of (await store.get(sha256, { start: 3, end: CHUNK_BYTES + 5 })) ?? [])
      parts.push(part as Uint8Array);
    expect(Buffer.concat(parts).equals(bytes.subarray(3, CHUNK_BYTES + 6))).toBe(true);
    await store.delete(sha256);
    expect(await store.stat(sha256)).toEqual({ sha256, bytes: bytes.length });
  });

  test('what one user puts, each other one keeps and reads', async () => {
    const { sha256 } = await (await storeOf('gateway')).put(Buffer.from('an upload'));
    for (const user of users) {
      const store = await storeOf(user);
      expect([await store.keep(sha256), String(await store.read(sha256))]).toEqual([true, 'an upload']);
    }
  });

  test('who has no right to files is refused, and only who sweeps takes bytes away', async () => {
    const without = declaredServices.filter(({ files }) => files === 'none').map(({ service }) => service);
    expect(without.length).toBeGreaterThan(0);
    for (const user of without)
      await expect((await storeOf(user)).put(Buffer.from('x'))).rejects.toMatchObject({ code: 'store.unavailable' });
    for (const { service, files } of declaredServices) {
      const bucket = await openBucket(await as(service), name);
      const purging = bucket.purge(bucket.names.chunks('NOBODY'), 1).then(
        () => 'done',
        ({ code }: { code: string }) => code,
      );
      expect([service, await purging]).toEqual([service, files === 'sweeps' ? 'done' : 'store.unavailable']);
    }
  });
});

describe('beyond the contract', () => {
  const clock = manualClock(new Date().getTime());
  const MIB = 1 << 20;

  test('a range over several chunks is what was put there', async () => {
    const bucket = await aBucket();
    const store = natsArtefacts({ nc, bucket, context: 'rendering', clock });
    const bytes = Buffer.from(Uint32Array.from({ length: MIB / 2 }, (_, at) => at).buffer);
    const { sha256 } = await store.put(bytes);
    const start = CHUNK_BYTES - 3;
    const end = 2 * CHUNK_BYTES + 5;
    const parts: Uint8Array[] = [];
    for await (const part of (await store.get(sha256, { start, end })) ?? []) parts.push(part as Uint8Array);
    expect(Buffer.concat(parts).equals(bytes.subarray(start, end + 1))).toBe(true);
    await remove(bucket);
  });

  test('a bucket at its limit is full, and a broken off writing gives its room back', async () => {
    const bucket = await aBucket(2 * MIB);
    const store = natsArtefacts({ nc, bucket, context: 'rendering', clock });
    await expect(store.put(Buffer.alloc(3 * MIB, 1))).rejects.toMatchObject({ code: 'store.full' });
    expect((await store.put(Buffer.alloc(MIB, 2))).bytes).toBe(MIB);
    await remove(bucket);
  });

  test('without a bucket it says that the store cannot be reached', async () => {
    const store = natsArtefacts({ nc, bucket: 'nobody-made-it', context: 'rendering', clock });
    await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'store.unavailable' });
    await expect(store.stat('0'.repeat(64))).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  test('marks of many at once are all there', async () => {
    const bucket = await aBucket();
    const contexts = Array.from({ length: 12 }, (_, at) => `context${at}`);
    const { sha256 } = await natsArtefacts({ nc, bucket, context: 'first', clock }).put(Buffer.from('wanted'));
    await Promise.all(contexts.map((context) => natsArtefacts({ nc, bucket, context, clock }).keep(sha256)));
    const kept = await (await openBucket(nc, bucket)).find(sha256);
    expect(kept?.meta.metadata.marks.split(',').toSorted()).toEqual([...contexts, 'first'].toSorted());
    await remove(bucket);
  });

  test('equal content put again replaces what was damaged, and stores nothing twice otherwise', async () => {
    const name = await aBucket();
    const bucket = await openBucket(nc, name);
    const store = natsArtefacts({ nc, bucket: name, context: 'rendering', clock });
    const bytes = Buffer.from('heals');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await store.put(bytes);
    await damage(bucket, sha256);
    await store.put(bytes);
    expect(await store.read(sha256)).toEqual(bytes);
    await store.put(bytes);
    expect(await unnamed(bucket)).toBe(0);
    await remove(name);
  });

  test('chunks of a crash go a day later, those of a writing under way stay', async () => {
    const name = await aBucket();
    const bucket = await openBucket(nc, name);
    await bucket.append('CRASHED', 0, Buffer.from('half'));
    const store = natsArtefacts({ nc, bucket: name, context: 'rendering', clock });
    await store.sweep();
    expect(await unnamed(bucket)).toBe(1);
    clock.advance(25 * 3_600_000);
    await store.sweep();
    expect([...(await bucket.subjects(bucket.names.allChunks))]).toEqual([]);
    await remove(name);
  });
});
