import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from './connection';
import { ProcessLock } from './process-lock';

const HEARTBEAT_MS = 3000;
const dir = mkdtempSync(join(tmpdir(), 'gts-lock-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
afterEach(() => jest.useRealTimers());

async function held(name: string) {
  const db = new Connection(join(dir, name), { sync: 'normal', nowMs: () => 1000, readOnly: false });
  const lock = await ProcessLock.acquire(db, name);
  jest.useFakeTimers();
  return { db, lock };
}

test('a heartbeat that cannot be written does not give the file away', async () => {
  const { db, lock } = await held('full');
  let failures = 2;
  lock.keep((work) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : work()));
  await jest.advanceTimersByTimeAsync(HEARTBEAT_MS * 3.5);
  expect([failures, lock.lost]).toEqual([-1, false]);
  lock.release();
  db.close();
});

test('a lock whose row is gone is lost', async () => {
  const { db, lock } = await held('gone');
  lock.keep((work) => work());
  db.exec('DELETE FROM process_lock');
  await jest.advanceTimersByTimeAsync(HEARTBEAT_MS * 1.5);
  expect(lock.lost).toBe(true);
  lock.release();
  db.close();
});
