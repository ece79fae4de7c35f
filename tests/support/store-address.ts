import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MongoDatabases, mongoDatabases, onMongo } from '@gts/testing';

const SERVICES = ['identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering'];
const FILE = 'store-url';
const known = new Map<string, MongoDatabases>();

const noted = (dataDir: string): string | undefined => {
  const file = join(dataDir, FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

/** `STORE_URL` of a stack: none for files; for databases one that the same data folder keeps. */
export function storeEnvironment(dataDir: string): Record<string, string> {
  if (!onMongo()) return {};
  const before = noted(dataDir);
  if (before !== undefined) return { STORE_URL: before };
  const databases = mongoDatabases('e2e');
  const url = databases.fresh(SERVICES);
  known.set(dataDir, databases);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, FILE), url);
  return { STORE_URL: url };
}

/** Address of a service's database; nothing where its rows are in a file. */
export function storeUrlOf(dataDir: string, service: string): string | undefined {
  const noting = noted(dataDir);
  if (noting === undefined) return undefined;
  const url = new URL(noting);
  // As tools/stack does it: the path is the front of every name.
  url.pathname += `_${service}`;
  return url.href;
}

/** Removes the databases that were made for a data folder. */
export async function dropStores(dataDir: string): Promise<void> {
  await known.get(dataDir)?.drop();
  known.delete(dataDir);
}
