import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMongoStore, openStore, type Store, type StoreOptions } from '@gts/persistence';
import { mongoDatabases } from './mongo-databases';

/** Stores of one spec file by name: files, or databases where `GTS_TEST_STORE=mongodb` asks for them. */
export type TestStores = Readonly<{
  /** What a process is told as its `STORE_URL`; the same name is the same store. */
  url(name: string): string;
  open(name: string, options: StoreOptions): Promise<Store>;
  /** An empty store under a name of its own. */
  fresh(options: StoreOptions): Promise<Store>;
  drop(): Promise<void>;
}>;

export const onMongo = (): boolean => process.env['GTS_TEST_STORE'] === 'mongodb';

export function testStores(suite: string): TestStores {
  const named = onMongo() ? databases(suite) : files(suite);
  let next = 1;
  return { ...named, fresh: (options) => named.open(`fresh-${next++}`, options) };
}

function files(suite: string): Omit<TestStores, 'fresh'> {
  const folder = mkdtempSync(join(tmpdir(), `gts-${suite}-`));
  const url = (name: string) => `file:${join(folder, name)}`;
  return {
    url,
    open: (name, options) => openStore({ ...options, url: url(name), service: name, sync: 'normal' }),
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function databases(suite: string): Omit<TestStores, 'fresh'> {
  const { fresh, drop } = mongoDatabases(suite);
  const urls = new Map<string, string>();
  const url = (name: string): string => {
    const known = urls.get(name) ?? fresh();
    urls.set(name, known);
    return known;
  };
  return {
    url,
    open: (name, options) => openMongoStore({ ...options, url: url(name), appName: suite, clockIsStoreTime: true }),
    drop,
  };
}
