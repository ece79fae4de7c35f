import { createHash } from 'node:crypto';
import { artefactContract, manualClock, type NatsServer, startNats } from '@gts/testing';
import { connect, type NatsConnection } from 'nats';
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

artefactContract('JetStream object store', async (clock) => {
  const name = await aBucket();
  const bucket = await openBucket(nc, name);
  let room = Infinity;
  return {
    handle: (context) => natsArtefacts({ nc, bucket: name, context, clock, room: async () => room }),
    setRoom: (bytes) => void (room = bytes),
    damage: (sha256) => damage(bucket, sha256),
    leftovers: () => unnamed(bucket),
    close: () => remove(name),
  };
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
