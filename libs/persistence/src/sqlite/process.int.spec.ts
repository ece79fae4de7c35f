import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MessageId } from '@gts/kernel';
import { manualClock } from '@gts/testing';
import { A, things } from '../suite/kit';
import { openSqliteStore } from './store';

const folder = mkdtempSync(join(tmpdir(), 'gts-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// Children do not pass through Jest's transformer, so the built file runs.
const built = join(__dirname, '..', '..', 'dist', 'suite', 'unit-writer.js');

function child(file: string): ChildProcess {
  const script = `require(${JSON.stringify(built)}).writeUnits(${JSON.stringify(file)}, (n) => process.stdout.write(n + '\\n'))`;
  return spawn(process.execPath, ['--no-warnings', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the child hard once it has told of `count` units; answers all that it told of. */
async function killedAfter(process: ChildProcess, count: number): Promise<number[]> {
  const told: number[] = [];
  for await (const line of createInterface({ input: process.stdout ?? ([] as never) })) {
    told.push(Number(line));
    if (told.length === count) process.kill('SIGKILL');
  }
  return told;
}

test('S30 kill -9 in the middle of 1,000 units: every resolved one is there, none is half, the file is free at once', async () => {
  const file = join(folder, 'killed.sqlite');
  const told = await killedAfter(child(file), 1000);
  expect(told.length).toBeGreaterThanOrEqual(1000);
  const store = await openSqliteStore({ file, clock: manualClock() });
  const reader = store.collection(things, A);
  for (const n of told) expect(await reader.find(`second${n}`)).toMatchObject({ n });
  for (let n = 0; n < told.length + 200; n += 1) {
    const parts = [await reader.find(`first${n}`), await reader.find(`second${n}`)].map((part) => part !== undefined);
    const row = await store.outbox.get(`m${String(n).padStart(4, '0')}` as MessageId);
    expect([n, ...parts]).toEqual([n, row !== undefined, row !== undefined]);
  }
  await store.close();
});

test('a second process waits while the first one lives', async () => {
  const file = join(folder, 'locked.sqlite');
  const first = child(file);
  await once(first.stdout ?? first, 'data');
  const control = new AbortController();
  const waiting = openSqliteStore({ file, clock: manualClock(), signal: control.signal });
  await once(first.stdout ?? first, 'data');
  control.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  first.kill('SIGKILL');
  await once(first, 'exit');
  await (await openSqliteStore({ file, clock: manualClock() })).close();
});

test('what a killed process held is free at once, under a newer epoch', async () => {
  const file = join(folder, 'leased.sqlite');
  const dying = child(file);
  await once(dying.stdout ?? dying, 'data');
  dying.kill('SIGKILL');
  await once(dying, 'exit');
  const store = await openSqliteStore({ file, clock: manualClock() });
  expect(await store.leases.acquire('theirs', 'we', 1000)).toBe(2);
  await store.close();
});

test('what was written is there after closing and opening again', async () => {
  const file = join(folder, 'again.sqlite');
  const one = await openSqliteStore({ file, clock: manualClock() });
  await one.transaction(A, (unit) => unit.collection(things).insert('one', { tags: ['t'] }));
  await one.close();
  const listed = { ...things, indexes: { ...things.indexes, byLabel: { has: 'tags', fields: [] } } };
  const two = await openSqliteStore({ file, clock: manualClock() });
  const page = await two.collection(listed, A).query({ index: 'byLabel', where: { tags: 't' } });
  expect(page.items.length).toBe(1);
  expect(await two.health()).toEqual({ ok: true, durability: 'strict' });
  await two.close();
});
