import type { OutboxRow, Store, StoreOptions } from '../ports';
import { storeOver } from '../store';
import { memoryEngine, MemoryRows } from './engine';

export type MemoryStore = Store & {
  /** Committed outbox rows in order of commit, for assertions. */
  readonly rows: readonly OutboxRow[];
  /** The same rows in a new process: what the old one had open is gone. */
  reopen(options?: StoreOptions): MemoryStore;
};

/** A store in memory that means the same as the real ones; passes the same suite. */
export const memoryStore = (options: StoreOptions): MemoryStore => over(new MemoryRows(), options);

function over(rows: MemoryRows, options: StoreOptions): MemoryStore {
  for (const table of rows.all()) table.rollbackTo(0);
  const store = storeOver({
    engine: memoryEngine(rows, options.clock),
    options,
    health: () => ({ ok: true, durability: 'relaxed' }),
  });
  return {
    ...store,
    get rows() {
      return [...rows.outbox.values(false)];
    },
    reopen: (other = options) => over(rows, other),
  };
}
