import { artefactShelf, memoryArtefacts } from '@gts/artefacts';
import { manualClock } from '@gts/testing';
import { artefactFiles } from '../adapters/artefact-files';
import { memoryCache } from '../adapters/memory-cache';
import { memorySound, pcmWithHash } from '../adapters/memory-sound';
import type { Block } from '../domain/render-job';
import { playChain } from './play-chain';
import type { RenderCache } from './ports';

const options = { signal: new AbortController().signal, onProgress: () => undefined };

async function start({ resampled = false, spoil = (cache: RenderCache): RenderCache => cache } = {}) {
  const files = artefactFiles(memoryArtefacts({ context: 'rendering', clock: manualClock(), shelf: artefactShelf() }));
  const memory = memoryCache();
  const cache = spoil(memory);
  const from = await memory.keep('prepared', pcmWithHash(Float32Array.of(1, 2, 3)), true);
  const file = await files.put(Buffer.from('amp'), 'x');
  const blocks: Block[] = [0, 1].map(() => ({ kind: 'capture', role: 'amp', file }));
  let [chosen, played] = [0, 0];
  const amp = {
    id: 'amp',
    choose: async () => {
      chosen += 1;
      return { engine: 'own', tanh: 'exact' as const, divisible: !resampled, resampled };
    },
    render: async (_: unknown, x: Float32Array) => {
      played += 1;
      return pcmWithHash(x.map((v) => v * 2));
    },
  };
  const play = (audio: string) =>
    playChain({ amp, cache, files, sound: { ...memorySound, id: audio } })({ from, blocks }, options);
  return { play, played: () => played, chosen: () => chosen };
}

test('a capture of 48 kHz is not played again for another audio engine', async () => {
  const { play, played } = await start();
  await play('audio 1');
  expect(await play('audio 2')).toMatchObject({ cached: true });
  expect(played()).toBe(2);
});
test('a capture of another rate is: the resampler is part of its sound', async () => {
  const { play, played } = await start({ resampled: true });
  await play('audio 1');
  expect(await play('audio 1')).toMatchObject({ cached: true });
  expect(await play('audio 2')).toMatchObject({ cached: false });
  expect(played()).toBe(4);
});
test('chains that play one capture at a time look at it once', async () => {
  const { play, chosen } = await start();
  await Promise.all([play('audio 1'), play('audio 1')]);
  expect(chosen()).toBe(1);
});
test('a store that names results and never has them is given up after three walks', async () => {
  const kept = new Set<string>();
  const forgetful = (cache: RenderCache): RenderCache => ({
    ...cache,
    forget: async () => undefined,
    keep: async (key, pcm, durable) => {
      const sound = await cache.keep(key, pcm, durable);
      kept.add(sound.sha256);
      return sound;
    },
    read: async (sound) => (kept.has(sound.sha256) ? undefined : cache.read(sound)),
  });
  const { play, played } = await start({ spoil: forgetful });
  // What a block has just computed goes to the next one from hand to hand.
  await play('audio 1');
  await expect(play('audio 1')).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(played()).toBe(2);
});
