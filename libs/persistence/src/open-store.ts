import { join } from 'node:path';
import { openMongoStore } from './mongo/store';
import type { Store, StoreOptions } from './ports';
import type { SqliteSync } from './sqlite/connection';
import { openSqliteStore } from './sqlite/store';

export type OpenOptions = StoreOptions &
  Readonly<{
    /** `file:<folder>`, a file a service in it, or `mongodb://…/<database>`. */
    url: string;
    /** Names the file, or this client towards the server. */
    service: string;
    /** Connections at most, where the store has some. */
    poolMax?: number;
    sync?: SqliteSync;
  }>;

/**
 * Opens the datastore of one service where the address says.
 * @throws STORE.UNAVAILABLE, STORE.ACCESS_DENIED from a server; waiting may cure both
 */
export function openStore({ url, service, poolMax, sync, ...options }: OpenOptions): Promise<Store> {
  if (!url.startsWith('file:'))
    return openMongoStore({ ...options, url, appName: service, ...(poolMax !== undefined && { poolMax }) });
  const file = join(url.slice('file:'.length), `${service}.sqlite`);
  return openSqliteStore({ ...options, file, ...(sync && { sync }) });
}
