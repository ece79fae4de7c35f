export * from './ports';
export { collection, type CollectionSpec } from './collection';
export { type CommandOutcome, runCommand } from './commands';
export { commandErrors, storeErrors } from './errors';
export { memoryStore, type MemoryStore } from './memory/store';
export { repositories } from './repositories';
export { backfill, migrate, type Migration } from './migrations';
export { openSqliteStore, type SqliteOptions } from './sqlite/store';
export { assertNoUnit, type CommandRef, hasOpenUnit } from './slot';
