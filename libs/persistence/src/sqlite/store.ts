import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeErrors } from '../errors';
import type { Store, StoreHealth, StoreOptions } from '../ports';
import { storeOver } from '../store';
import { Connection, type SqliteSync } from './connection';
import { sqliteEngine } from './engine';
import { ProcessLock } from './process-lock';

export type SqliteOptions = StoreOptions &
  Readonly<{
    file: string;
    /** `full` (default) survives a power cut; `normal` may lose the last commits, then durability is `relaxed`. */
    sync?: SqliteSync;
    /** Gives up waiting for another process on the same file. */
    signal?: AbortSignal;
  }>;

/** Opens the SQLite file of one service; waits while another process holds it. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { file, clock, sync = 'full' } = options;
  mkdirSync(dirname(file), { recursive: true });
  const open = (readOnly: boolean) => new Connection(file, { sync, nowMs: () => clock.epochMs(), readOnly });
  const writer = open(false);
  const lock = await ProcessLock.acquire(writer, randomUUID(), options.signal);
  const engine = sqliteEngine(writer, () => open(true));
  // The file is ours alone: whoever held a lease on it is gone. Epochs go on rising, so a late comer is still fenced.
  writer.run('leases', 'UPDATE leases SET expires = 0');
  const durability = sync === 'full' ? 'strict' : 'relaxed';
  const health = (): StoreHealth =>
    lock.lost ? { ok: false, detail: 'another process took the file', durability } : { ok: true, durability };
  const guarded = {
    ...engine,
    begin: () => {
      if (lock.lost) throw storeErrors.UNAVAILABLE('another process took the file');
      engine.begin();
    },
    close: () => {
      lock.release();
      engine.close();
    },
  };
  const { write, ...store } = storeOver({ engine: guarded, options, health });
  lock.keep((work) => write(work));
  return store;
}
