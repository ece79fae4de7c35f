import type { Engine } from '../session';
import type { Connection } from './connection';
import { ensureCollection, librarySchema } from './schema';
import { sqliteSession } from './session';

/** One writing and one reading connection; units share a transaction, each behind its savepoint. */
export function sqliteEngine(writer: Connection, openReader: () => Connection): Engine {
  writer.exec(librarySchema);
  const reader = openReader();
  const made = new Set<object>();
  /** Definitions whose tables the open transaction made: they are gone if it is rolled back. */
  let making: object[] = [];
  let since = 0;
  const forget = (from: number) => making.splice(from).forEach((def) => made.delete(def));
  return {
    writer: sqliteSession(writer),
    reader: sqliteSession(reader),
    begin: () => void writer.run('', 'BEGIN IMMEDIATE'),
    commit: () => {
      writer.run('', 'COMMIT');
      making = [];
    },
    rollback: () => {
      forget(0);
      writer.exec('ROLLBACK');
    },
    mark: () => {
      since = making.length;
      writer.run('', 'SAVEPOINT unit');
    },
    release: () => void writer.run('', 'RELEASE unit'),
    rollbackToMark: () => {
      forget(since);
      writer.run('', 'ROLLBACK TO unit');
      writer.run('', 'RELEASE unit');
    },
    ensure: (def) => {
      ensureCollection(writer, def);
      made.add(def);
      making.push(def);
    },
    ready: (def) => made.has(def),
    turn: () => new Promise((resolve) => void setImmediate(resolve)),
    close: () => {
      reader.close();
      writer.close();
    },
  };
}
