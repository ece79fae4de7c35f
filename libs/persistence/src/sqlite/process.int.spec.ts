import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manualClock } from '@gts/testing';
import { expectWholeUnits, killedAfter, unitWriter } from '../suite/killing';
import { A, things } from '../suite/kit';
import { openSqliteStore } from './store';

const folder = mkdtempSync(join(tmpdir(), 'gts-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string): string => join(folder, name, 'units.sqlite');
const child = (file: string): ChildProcess => unitWriter(`file:${dirname(file)}`);

test('S30 kill -9 in the middle of 1,000 units: every resolved one is there, none is half, the file is free at once', async () => {
  const file = fileOf('killed');
  const told = await killedAfter(child(file), 1000);
  expect(told.length).toBeGreaterThanOrEqual(1000);
  const store = await openSqliteStore({ file, clock: manualClock() });
  await expectWholeUnits(store, told);
  await store.close();
});

test('a second process waits while the first one lives', async () => {
  const file = fileOf('locked');
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
  const file = fileOf('leased');
  const dying = child(file);
  await once(dying.stdout ?? dying, 'data');
  dying.kill('SIGKILL');
  await once(dying, 'exit');
  const store = await openSqliteStore({ file, clock: manualClock() });
  expect(await store.leases.acquire('theirs', 'we', 1000)).toBe(2);
  await store.close();
});

test('what was written is there after closing and opening again', async () => {
  const file = fileOf('again');
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
