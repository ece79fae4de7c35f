import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pcmBytes, readWav, sha256 } from '@gts/audio';
import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { longestTurn } from '../../../../../tests/support/longest-turn';
import type { AmpChoice } from '../../application/ports';
import { poolAmpEngine } from '../pool-engine';
import { WorkerPool } from './pool';

const demo = join(__dirname, '..', '..', '..', '..', '..', 'deploy', 'demo');
const clock = clockOf(() => new Date().getTime());
const data = { kernel: loadKernel() };
const forever = new AbortController().signal;
const pools = new Map<number, WorkerPool>();
const poolOf = (size: number): WorkerPool => {
  const pool = pools.get(size) ?? new WorkerPool({ size, clock, data });
  pools.set(size, pool);
  return pool;
};
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.stop(0))));

const captureAt = async (name: string) => {
  const file = await readFile(join(demo, 'captures', `${name}.nam`));
  return { sha256: sha256(file), file };
};
const FRAMES = 100_000;
const di = async (): Promise<Float32Array> => {
  const [samples = new Float32Array()] = readWav(await readFile(join(demo, 'di/open-chords.wav'))).channels;
  return samples.slice(0, FRAMES);
};
type Way = Readonly<{ workers: number; chunk?: number; whole?: boolean }>;

/** Plays a demo capture in one way; the hash of what it sounds like. */
async function played(name: string, { workers, chunk, whole }: Way): Promise<{ sha256: string; choice: AmpChoice }> {
  const engine = poolAmpEngine(poolOf(workers), chunk);
  const capture = await captureAt(name);
  const choice = await engine.choose(capture, { signal: forever });
  const pcm = await engine.render(capture, await di(), { signal: forever, choice, ...(whole && { whole }) });
  expect(pcm.samples).toHaveLength(FRAMES);
  expect(sha256(pcmBytes(pcm.samples))).toBe(pcm.sha256);
  return { sha256: pcm.sha256, choice };
}

const ways = [1, 2, 4].flatMap((workers): Way[] => [
  { workers, whole: true },
  { workers, chunk: 7777 },
  { workers, chunk: 48_000 },
  { workers, chunk: 240_000 },
]);
test('a capture sounds the same to the last bit, whole or in chunks of any length, on any number of threads', async () => {
  const one = await played('crunch-quarryman-45', { workers: 1, whole: true });
  expect(one.choice).toMatchObject({ tanh: 'exact', divisible: true });
  for (const way of ways) expect({ way, ...(await played('crunch-quarryman-45', way)) }).toEqual({ way, ...one });
});

test('chains beside each other take the threads from those that help, and all sound as they do alone', async () => {
  const names = ['crunch-quarryman-45', 'clean-daybreak-22', 'crunch-quarryman-45'];
  const alone = [];
  for (const name of names) alone.push(await played(name, { workers: 1, whole: true }));
  expect(await Promise.all(names.map((name) => played(name, { workers: 2, chunk: 7777 })))).toEqual(alone);
});

const TICK_MS = 10;
/** Of all worker threads of this process so far, ms: neither the tests nor the collector of their garbage count. */
function workersCpuMs(): number {
  const stats = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'));
  const ofWorkers = stats.filter((stat) => stat.includes('(WorkerThread)'));
  const ticks = ofWorkers.flatMap((stat) => stat.split(') ')[1]?.split(' ').slice(11, 13) ?? []);
  return TICK_MS * ticks.reduce((sum, each) => sum + Number(each), 0);
}

/**
 * From a cancel in the middle of a long capture until the last of its two threads is free, ms of CPU of the workers:
 * other work of the machine does not count. Two threads that go on use twice the time that passes.
 */
async function stopMs(): Promise<number> {
  const stopped = Promise.withResolvers<void>();
  const free: string[] = [];
  const onCpu = (kind: string) => {
    if (kind === 'capture' && free.push(kind) === 2) stopped.resolve();
  };
  // They are not ended: the flag alone must stop them.
  const pool = new WorkerPool({ size: 2, clock, data, onCpu, leaveMs: 60_000 });
  const engine = poolAmpEngine(pool);
  const capture = await captureAt('crunch-quarryman-45');
  // Two at once, so that both threads are up and know the capture.
  const [choice] = await Promise.all([1, 2].map(() => engine.choose(capture, { signal: forever })));
  const cancel = new AbortController();
  const begun = Promise.withResolvers<void>();
  const run = { signal: cancel.signal, onProgress: () => begun.resolve(), choice: choice as AmpChoice };
  const running = engine.render(capture, new Float32Array(48_000 * 100), run);
  await begun.promise;
  const before = workersCpuMs();
  cancel.abort(new DOMException('enough', 'AbortError'));
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  await stopped.promise;
  const took = workersCpuMs() - before;
  await pool.stop(0);
  return took;
}

test('a cancel stops every thread of a running capture within 0.2 s', async () => {
  const took: number[] = [];
  for (let i = 0; i < 5; i++) took.push(await stopMs());
  // A busy machine can only add to it.
  expect(Math.min(...took)).toBeLessThanOrEqual(200);
});

test('nobody waits 50 ms for an answer while both workers play', async () => {
  const names = ['crunch-quarryman-45', 'clean-daybreak-22', 'crunch-quarryman-45'];
  const ended = longestTurn();
  await Promise.all(names.map((name) => played(name, { workers: 2, chunk: 48_000 })));
  expect(ended()).toBeLessThan(50);
});

test('a capture that answers with NaN is refused, and the next one plays', async () => {
  const engine = poolAmpEngine(poolOf(2), 7777);
  const capture = await captureAt('crunch-quarryman-45');
  const choice = await engine.choose(capture, { signal: forever });
  const x = await di();
  x[FRAMES - 10] = NaN;
  await expect(engine.render(capture, x, { signal: forever, choice })).rejects.toMatchObject({
    code: 'render.non_finite',
  });
  await expect(played('clean-daybreak-22', { workers: 2 })).resolves.toMatchObject({});
});
