import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileArtefacts } from '@gts/artefacts';
import { pcmBytes, sha256 } from '@gts/audio';
import { instantOf } from '@gts/kernel';
import { manualClock, testStores } from '@gts/testing';
import { LocalSounds } from './local-sounds';
import { storeCache } from './store-cache';

const samples = Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 7));
const pcm = () => ({ samples: samples.slice(), sha256: sha256(pcmBytes(samples)) });

const stores = testStores('sounds');
afterAll(() => stores.drop());

async function start() {
  const dir = await mkdtemp(join(tmpdir(), 'gts-cache-'));
  const clock = manualClock();
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
  const near = join(dir, 'near');
  const store = await stores.fresh({ clock });
  const cache = storeCache({
    store,
    artefacts,
    local: new LocalSounds(near),
    now: () => clock.now(),
  });
  const clean = async () => {
    await store.close();
    await rm(dir, { recursive: true });
  };
  return { dir, near, cache, clock, artefacts, clean };
}

test('gives back what was kept; another key has nothing', async () => {
  const { cache, clean } = await start();
  const sound = await cache.keep('k', pcm(), false);
  expect(await cache.find('k')).toEqual(sound);
  expect(await cache.read(sound)).toEqual(samples);
  expect(await cache.find('other')).toBeUndefined();
  await clean();
});
test('damaged bytes of this machine come from the store of all, or read as absent', async () => {
  const { cache, near, clean } = await start();
  const durable = await cache.keep('k', pcm(), true);
  await writeFile(join(near, durable.sha256), 'rubbish');
  expect(await cache.read(durable)).toEqual(samples);
  await clean();
  const other = await start();
  const local = await other.cache.keep('k', pcm(), false);
  await writeFile(join(other.near, local.sha256), 'rubbish');
  expect(await other.cache.read(local)).toBeUndefined();
  expect(await readdir(other.near)).toEqual([]);
  await other.clean();
});
test('the folder holds no more than its room: what was used longest ago goes first', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gts-near-'));
  const local = new LocalSounds(dir, 25);
  const write = async (text: string) => {
    const bytes = Buffer.from(text);
    await local.write(sha256(bytes), bytes);
    return sha256(bytes);
  };
  const [a, b] = [await write('aaaaaaaaaa'), await write('bbbbbbbbbb')];
  await local.read(a);
  const c = await write('cccccccccc');
  expect([await local.read(a), await local.read(b), await local.read(c)].map((each) => each?.length)).toEqual([
    10,
    undefined,
    10,
  ]);
  await rm(dir, { recursive: true });
});

test('what nobody used for a while is forgotten, what was used stays', async () => {
  const { cache, clock, near, clean } = await start();
  await cache.keep('old', pcm(), true);
  const began = clock.epochMs();
  clock.advance(3 * 86_400_000);
  await cache.keepValue('new', 1);
  expect(await cache.sweep(instantOf(began + 86_400_000))).toBe(1);
  expect([await cache.find('old'), await cache.findValue('new'), await readdir(near)]).toEqual([undefined, 1, []]);
  await clean();
});

const DAY_MS = 86_400_000;

/** Results in the store of all, as another context sees them, too. */
async function encoded() {
  const world = await start();
  const { artefacts, cache, clock, dir } = world;
  const theirs = fileArtefacts({ root: join(dir, 'artefacts'), context: 'shootouts', clock });
  const encode = async (key: string, text: string) => {
    const ref = await artefacts.put(Readable.from([Buffer.from(text)]));
    await cache.keepValue(key, { listen: ref, encoded: { integrated: -18 } });
    return ref.sha256;
  };
  const later = async (days: number) => {
    clock.advance(days * DAY_MS);
    await cache.sweep(instantOf(clock.epochMs() - 14 * DAY_MS));
    clock.advance(2 * DAY_MS);
    await artefacts.sweep();
  };
  const isThere = async (hash: string) => (await artefacts.stat(hash)) !== null;
  return { ...world, theirs, encode, later, isThere };
}

test('files of a result go with the last row that names them', async () => {
  const { encode, later, isThere, clock, cache, clean } = await encoded();
  const first = await encode('a', 'equal');
  clock.advance(10 * DAY_MS);
  expect(await encode('b', 'equal')).toBe(first);
  await later(5);
  expect([await cache.findValue('a'), await isThere(first)]).toEqual([undefined, true]);
  await later(20);
  expect(await isThere(first)).toBe(false);
  await clean();
});
test('what another context has taken over stays; the result is made again as it was', async () => {
  const { encode, later, isThere, theirs, cache, clean } = await encoded();
  const [taken, left] = [await encode('a', 'taken'), await encode('b', 'left')];
  await theirs.keep(taken);
  await later(15);
  expect([await isThere(taken), await isThere(left)]).toEqual([true, false]);
  expect([await encode('a', 'taken'), await encode('b', 'left')]).toEqual([taken, left]);
  expect([await cache.findValue('b'), await isThere(left)]).toMatchObject([{ listen: { sha256: left } }, true]);
  await clean();
});
test('what is used stays, and what is forgotten lets its file go', async () => {
  const { encode, later, isThere, clock, cache, clean } = await encoded();
  const [used, forgotten] = [await encode('a', 'used'), await encode('b', 'forgotten')];
  clock.advance(10 * DAY_MS);
  expect(await cache.findValue('a')).toBeDefined();
  await cache.forget('b');
  await later(5);
  expect([await isThere(used), await isThere(forgotten)]).toEqual([true, false]);
  await clean();
});
test('a result that is replaced lets its old files go, and keeps those that both name', async () => {
  const { encode, later, isThere, cache, clean } = await encoded();
  const [first, second] = [await encode('a', 'first'), await encode('a', 'second')];
  await later(1);
  expect([await isThere(first), await isThere(second)]).toEqual([false, true]);
  await cache.keepValue('a', { listen: { sha256: second }, encoded: null });
  await later(1);
  expect(await isThere(second)).toBe(true);
  await clean();
});
