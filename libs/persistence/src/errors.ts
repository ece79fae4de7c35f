import { errors } from '@gts/kernel';

/** What the store refuses; `docs/errors.md` is generated from it. */
export const storeErrors = errors('STORE', {
  NOT_FOUND: {
    kind: 'not-found',
    summary: 'Nothing with this id, or it belongs to another workspace.',
    advice: 'Check the id and the selected workspace.',
    message: (collection: string, id: string) => `no ${collection} with id ${id}`,
  },
  VERSION_CONFLICT: {
    kind: 'conflict',
    summary: 'Somebody else saved in between.',
    advice: 'Read it again, then repeat the change on the new version.',
    message: (collection: string, id: string) => `${collection} ${id} has another version by now`,
  },
  DUPLICATE_KEY: {
    kind: 'conflict',
    summary: 'A unique value is taken.',
    advice: 'Choose another value for the fields of that index.',
    message: (collection: string, index: string) => `${collection}: the key of ${index} is taken`,
  },
  DOCUMENT_INVALID: {
    kind: 'bug',
    summary: 'A document does not match its schema.',
    message: (collection: string, id: string, why: string) => `${collection} ${id}: ${why}`,
  },
  QUERY_NOT_DECLARED: {
    kind: 'bug',
    summary: 'A query needs an index that its collection does not declare.',
    message: (collection: string, why: string) => `${collection}: ${why}`,
  },
  INVALID_CURSOR: {
    kind: 'invalid',
    summary: 'A cursor is broken or belongs to another list.',
    advice: 'Start again from the first page.',
    message: () => 'this cursor does not belong to this list',
  },
  TENANT_SCOPE_MISSING: {
    kind: 'bug',
    summary: 'A collection of workspaces was used without a workspace.',
    message: (collection: string) => `${collection} needs a tenant in ctx`,
  },
  PROJECTION_LAG: {
    kind: 'unavailable',
    summary: 'A copy has not caught up with what was just written.',
    advice: 'Ask again in a moment.',
    message: (collection: string) => `${collection} has not caught up yet`,
  },
  FOREIGN_AWAIT_IN_UNIT: {
    kind: 'bug',
    summary: 'A unit awaited something other than its store.',
    message: (what: string) => `a unit uses its store only: ${what}`,
  },
  CONCURRENT_USE_OF_UNIT: {
    kind: 'bug',
    summary: 'Two operations ran at once in one unit.',
    message: () => 'await each operation of a unit before the next one',
  },
  UNIT_DOOMED: {
    kind: 'bug',
    summary: 'A unit went on after an error, its time, or its end.',
    message: (why: string) => `this unit will not commit: ${why}`,
  },
  SECOND_UNIT: {
    kind: 'bug',
    summary: 'One command opened two writing units.',
    message: () => 'a command changes one aggregate, or uses one explicit transaction',
  },
  LEASE_LOST: {
    kind: 'unavailable',
    summary: 'Another process took over.',
    message: (name: string) => `lease ${name} is held by another owner`,
  },
  BUSY: {
    kind: 'unavailable',
    summary: 'Too many writes are waiting.',
    advice: 'Try again after the given time.',
    message: () => 'too many units are waiting for the store',
  },
  UNAVAILABLE: {
    kind: 'unavailable',
    summary: 'The store does not answer.',
    advice: 'Try again; if it stays, look at disk space and permissions.',
    message: (why: string) => `the store is not available: ${why}`,
  },
  DEADLINE_EXCEEDED: {
    kind: 'unavailable',
    summary: 'The store took too long to answer.',
    advice: 'Try again; if it stays, look at the load of the store.',
    message: () => 'the store took too long',
  },
  ACCESS_DENIED: {
    kind: 'bug',
    summary: 'The store refuses the user of this service.',
    message: (why: string) => `the store refuses this user: ${why}`,
  },
  CLOSED: {
    kind: 'unavailable',
    summary: 'The store is closing.',
    message: () => 'the store is closed',
  },
  SCHEMA_MISSING: {
    kind: 'unavailable',
    summary: 'The store lacks what this release needs, and this process may only look.',
    advice: 'Run the migration job of this release.',
    message: (what: string) => `not migrated yet: ${what}`,
  },
  MIGRATION_REFUSED: {
    kind: 'bug',
    summary: 'Recorded migrations and those of this release disagree.',
    advice: 'Deploy the release that knows them.',
    message: (why: string) => `migrations: ${why}`,
  },
});

/** Errors of commands that may be repeated; the prefix is the bus's because its callers see them there. */
export const commandErrors = errors('BUS', {
  COMMAND_ID_REUSED: {
    kind: 'rule-violated',
    summary: 'One command id was used for two different requests.',
    advice: 'Use a fresh Idempotency-Key for a different request.',
    message: () => 'this command id belongs to another request',
  },
});
