import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileArtefacts } from '@gts/artefacts';
import { paddedSize } from '@gts/audio';
import type { Store } from '@gts/persistence';
import { manualClock, testStores } from '@gts/testing';
import { artefactFiles } from '../adapters/artefact-files';
import { LocalSounds } from '../adapters/local-sounds';
import { memorySound, pcmWithHash } from '../adapters/memory-sound';
import { storeCache } from '../adapters/store-cache';
import type { Encoder } from './ports';
import { encodeTone, type SealedTone, sealTone } from './tone-files';

const FRAMES = 4800;
const HEAD = Buffer.concat([Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), new Uint8Array(34)]);
const measures = { integrated: -20, truePeak: -6, samplePeak: -6.1 };
const run = { signal: new AbortController().signal };

const stores = testStores('tones');
const open: Store[] = [];
let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'gts-tone-files-'))));
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(dir, { recursive: true, force: true });
});
afterAll(() => stores.drop());

/** Files and keys as in the service; sound and encoder do not compute. */
async function start() {
  const clock = manualClock();
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
  const local = new LocalSounds(join(dir, 'near'));
  const store = await stores.fresh({ clock });
  open.push(store);
  const cache = storeCache({ store, artefacts, local, now: () => clock.now() });
  let encoded = 0;
  const encoder: Encoder = {
    id: 'fake',
    encode: async (sounds) => {
      encoded += 1;
      return sounds.map(({ pcm }) => Buffer.concat([HEAD, pcm]));
    },
  };
  const meter = {
    measure: async () => ({ ...measures, powers: [] }),
    verify: async () => ({ ...measures, frames: FRAMES }),
  };
  const deps = { cache, files: artefactFiles(artefacts), meter, sound: memorySound, encoder, dataSaver: true };
  const sound = await cache.keep('tone', pcmWithHash(new Float32Array(FRAMES)), true);
  const tone = { toneId: 'a', sound, frames: FRAMES, gainDb: 0, diOnsetMs: 0, before: measures };
  /** In a set whose largest file has that many bytes more. */
  const finish = async (more = 0): Promise<SealedTone> => {
    const own = await encodeTone(deps, tone, run);
    return sealTone(deps, { ...own, size: paddedSize([own.found.size + more]) }, run);
  };
  return { finish, encoded: () => encoded };
}

const pathOf = (sha256: string): string => join(dir, 'artefacts', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
async function damage(sha256: string): Promise<void> {
  const bytes = await readFile(pathOf(sha256));
  bytes.subarray(-10).fill(7);
  await writeFile(pathOf(sha256), bytes);
}

const MORE = 5000;
test('what was encoded is encoded once, also for a set of another size', async () => {
  const { finish, encoded } = await start();
  const { listen } = await finish();
  expect((await finish()).listen).toEqual(listen);
  expect((await finish(MORE)).listen.bytes).toBeGreaterThan(listen.bytes);
  expect(encoded()).toBe(1);
});
test('two sets that need it at once encode it once', async () => {
  const { finish, encoded } = await start();
  const [one, other] = await Promise.all([finish(), finish(MORE)]);
  expect(other.download).toEqual(one.download);
  expect(encoded()).toBe(1);
});
test.each([
  ['listen', 'the same size', 0],
  ['listen', 'another size', MORE],
  ['download', 'the same size', 0],
  ['opus', 'another size', MORE],
] as const)('a damaged file (%s) is made anew for a set of %s', async (kind, _, more) => {
  const { finish, encoded } = await start();
  const first = await finish();
  await damage(first[kind]?.sha256 ?? '');
  const again = await finish(more);
  expect(encoded()).toBe(2);
  for (const file of [again.listen, again.download, again.opus])
    expect(isSilent(await readFile(pathOf(file?.sha256 ?? '')))).toBe(true);
  expect((await finish(more)).listen).toEqual(again.listen);
  expect(encoded()).toBe(2);
});
test('a file that is gone is made anew', async () => {
  const { finish, encoded } = await start();
  const { listen } = await finish();
  await rm(pathOf(listen.sha256));
  expect((await finish()).listen).toEqual(listen);
  expect(encoded()).toBe(2);
});

/** The tone is silence: whatever ends otherwise is damaged. */
const isSilent = (bytes: Uint8Array): boolean => bytes.subarray(-10).every((byte) => byte === 0);
