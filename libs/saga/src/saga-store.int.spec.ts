import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMongoStore, openSqliteStore } from '@gts/persistence';
import { describeOnMongo, manualClock, mongoDatabases, sagaStoreContract } from '@gts/testing';

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

describeOnMongo('sagas in a replica set', () => {
  const databases = mongoDatabases('sagas');
  afterAll(() => databases.drop());
  sagaStoreContract('MongoDB', async () => {
    const clock = manualClock();
    const store = await openMongoStore({ url: databases.fresh(), appName: 'sagas', clock, clockIsStoreTime: true });
    return { store, clock, close: () => store.close() };
  });
});
