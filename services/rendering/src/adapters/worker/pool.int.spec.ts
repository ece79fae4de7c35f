import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { WorkerPool } from './pool';
import type { Task } from './protocol';

const clock = clockOf(() => new Date().getTime());
const data = { kernel: loadKernel() };
const forever = new AbortController().signal;
const task = (frames: number): Task => ({ kind: 'measure', frames, x: new Float32Array(frames) });

/** Threads that do what a task's length says: 1 hangs, 2 dies, 3 throws, 4 moves on and never ends, else answer. */
const STUB = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ id, task, control }) => {
    if (task.frames === 1) for (;;);
    if (task.frames === 2) process.exit(1);
    if (task.frames === 3) throw new Error('broken');
    if (task.frames === 5) for (const kept = []; ; ) kept.push(new Array(1e6).fill(1.5));
    if (task.frames === 4) for (;;) { Atomics.add(control, 1, 1); if (Atomics.load(control, 0) === 1) break; }
    if (task.frames === 4) return parentPort.postMessage({ id, cancelled: true });
    parentPort.postMessage({ id, result: task.frames });
  });
`;
let dir: string;
let pools: WorkerPool[] = [];
const poolOf = async (size: number, stallMs = 300): Promise<WorkerPool> => {
  const file = join(dir, 'stub.js');
  await writeFile(file, STUB);
  const pool = new WorkerPool({ size, clock, stallMs, file, data });
  pools.push(pool);
  return pool;
};
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'gts-pool-'))));
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.stop(0)));
  pools = [];
});
afterAll(() => rm(dir, { recursive: true }));

test.each([
  ['hangs', 1, 'engine.timeout'],
  ['dies', 2, 'engine.crash'],
  ['throws outside its guard', 3, 'engine.crash'],
])('a thread that %s fails its task alone; the next one runs', async (_, frames, code) => {
  const pool = await poolOf(1);
  const bad = pool.run(task(frames), { signal: forever });
  const good = pool.run(task(99), { signal: forever });
  await expect(bad).rejects.toMatchObject({ code });
  await expect(good).resolves.toBe(99);
});
test('a task that moves is not given up, and stops when cancelled', async () => {
  const pool = await poolOf(1, 200);
  const cancel = new AbortController();
  let moves = 0;
  const onProgress = () => {
    moves += 1;
    if (moves === 5) cancel.abort(new DOMException('enough', 'AbortError'));
  };
  const run = pool.run(task(4), { signal: cancel.signal, onProgress });
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  await expect(pool.run(task(7), { signal: forever })).resolves.toBe(7);
});
test('a thread that does not stop when cancelled is ended, and the next task has a new one', async () => {
  const pool = await poolOf(1, 60_000);
  const cancel = new AbortController();
  const running = pool.run(task(1), { signal: cancel.signal });
  const next = pool.run(task(7), { signal: forever });
  cancel.abort(new DOMException('enough', 'AbortError'));
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  await expect(next).resolves.toBe(7);
});
test('a thread that eats its memory fails its task alone; the next one runs', async () => {
  const pool = await poolOf(1, 20_000);
  await expect(pool.run(task(5), { signal: forever })).rejects.toMatchObject({ code: 'engine.memory' });
  await expect(pool.run(task(99), { signal: forever })).resolves.toBe(99);
});
test('a task that moves for too long is given up', async () => {
  const pool = await poolOf(1, 60_000);
  await expect(pool.run(task(4), { signal: forever, limitMs: 300 })).rejects.toMatchObject({ code: 'engine.timeout' });
  await expect(pool.run(task(7), { signal: forever })).resolves.toBe(7);
});
test('what waits behind work that moves is told so', async () => {
  const pool = await poolOf(1, 60_000);
  const cancel = new AbortController();
  const first = pool.run(task(4), { signal: cancel.signal });
  const told = Promise.withResolvers<number>();
  const second = pool.run(task(7), { signal: forever, onProgress: told.resolve });
  await expect(told.promise).resolves.toBe(0);
  cancel.abort(new DOMException('enough', 'AbortError'));
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  await expect(second).resolves.toBe(7);
});
test('what waits is cancelled without a thread', async () => {
  const pool = await poolOf(1);
  const cancel = new AbortController();
  const running = pool.run(task(1), { signal: forever });
  const waiting = pool.run(task(6), { signal: cancel.signal });
  cancel.abort(new DOMException('no', 'AbortError'));
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await expect(running).rejects.toMatchObject({ code: 'engine.timeout' });
});
test('two threads work at the same time', async () => {
  const pool = await poolOf(2, 60_000);
  const cancel = new AbortController();
  const first = pool.run(task(4), { signal: cancel.signal });
  await expect(pool.run(task(6), { signal: forever })).resolves.toBe(6);
  cancel.abort(new DOMException('done', 'AbortError'));
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
});
test('a stop waits for what runs, then refuses', async () => {
  const pool = await poolOf(1);
  const running = pool.run(task(8), { signal: forever });
  await pool.stop(5000);
  await expect(running).resolves.toBe(8);
  await expect(pool.run(task(8), { signal: forever })).rejects.toMatchObject({ code: 'engine.crash' });
});
test('a stop ends what does not end in time', async () => {
  const pool = await poolOf(1, 60_000);
  const running = pool.run(task(1), { signal: forever });
  await Promise.all([expect(running).rejects.toMatchObject({ code: 'engine.crash' }), pool.stop(50)]);
});
