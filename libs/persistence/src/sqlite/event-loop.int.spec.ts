import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockOf } from '@gts/kernel';
import { A, things } from '../suite/kit';
import { openSqliteStore } from './store';

test('a thousand waiting units leave the event loop its turns', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gts-loop-'));
  const store = await openSqliteStore({ file: join(dir, 'x.sqlite'), clock: clockOf(() => Date.now()) }); // oxlint-disable-line eslint/no-restricted-properties -- real time is what is measured
  let turns = 0;
  let running = true;
  const turn = () => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  const units = Array.from({ length: 1000 }, (_, n) =>
    store.transaction({ ...A }, (unit) => unit.collection(things).insert(`t${n}`, { n })),
  );
  await Promise.all(units);
  running = false;
  // One turn for each shared transaction of at most 64 units, but for the first ones on a very fast disk.
  expect(turns).toBeGreaterThan(2);
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});
