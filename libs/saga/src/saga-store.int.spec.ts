import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@gts/persistence';
import { manualClock, sagaStoreContract } from '@gts/testing';

sagaStoreContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gts-saga-'));
  const clock = manualClock();
  const store = await openSqliteStore({ file: join(folder, 'sagas.sqlite'), clock, sync: 'normal' });
  const close = async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, clock, close };
});
