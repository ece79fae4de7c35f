import { errorOf, isPassing, isUnknownCommit } from './errors';

/** What the driver throws, by its shape. */
const fault = (part: object, ...labels: string[]) =>
  Object.assign(new Error('message'), { hasErrorLabel: (label: string) => labels.includes(label), ...part });

test.each<readonly [string, Error, string]>([
  ['a write conflict', fault({ code: 112 }), 'STORE.BUSY'],
  ['a transaction that is gone', fault({ code: 251 }), 'STORE.BUSY'],
  ['anything labelled as passing', fault({ code: 8 }, 'TransientTransactionError'), 'STORE.BUSY'],
  ['a duplicate, however it is labelled', fault({ code: 11000 }, 'TransientTransactionError'), 'STORE.DUPLICATE_KEY'],
  ['no right', fault({ code: 13 }), 'STORE.ACCESS_DENIED'],
  ['a wrong password', fault({ code: 18 }), 'STORE.ACCESS_DENIED'],
  ['too slow on the server', fault({ code: 50 }), 'STORE.DEADLINE_EXCEEDED'],
  ['a server that goes down', fault({ code: 91 }), 'STORE.UNAVAILABLE'],
  ['a primary that stepped down', fault({ code: 189 }), 'STORE.UNAVAILABLE'],
  ['no primary', fault({ code: 10107 }), 'STORE.UNAVAILABLE'],
  ['a secondary', fault({ code: 13435 }), 'STORE.UNAVAILABLE'],
  ['no majority in time', fault({ name: 'MongoWriteConcernError', code: 64 }), 'STORE.UNAVAILABLE'],
  ['a change of state', fault({ code: 11602 }), 'STORE.UNAVAILABLE'],
  ['a full disk', fault({ code: 14031 }), 'STORE.UNAVAILABLE'],
  ['another index of that name', fault({ code: 86 }), 'STORE.MIGRATION_REFUSED'],
  ['more than 16 MiB', fault({ code: 10334 }), 'STORE.DOCUMENT_INVALID'],
  [
    'a line that is cut in a transaction',
    fault({ name: 'MongoNetworkError' }, 'TransientTransactionError'),
    'STORE.UNAVAILABLE',
  ],
  ['a cut line', fault({ name: 'MongoNetworkError' }), 'STORE.UNAVAILABLE'],
  ['nobody there', fault({ name: 'MongoServerSelectionError' }), 'STORE.UNAVAILABLE'],
])('%s has its code', (_what, error, code) => {
  expect(errorOf('things', error)).toMatchObject({ code, cause: error });
});

test('other faults pass unchanged', () => {
  const error = fault({ code: 2 });
  expect([errorOf('things', error), errorOf('things', 'text')]).toEqual([error, 'text']);
});

test.each([
  ['E11000 duplicate key error collection: db.c_things index: bySlug.0a1b2c3d dup key: { … }', 'bySlug'],
  ['E11000 duplicate key error collection: db.c_things index: _id_ dup key: { … }', 'id'],
  ['E11000 duplicate key error collection: db.outbox index: order dup key: { … }', 'order'],
])('a duplicate names its index: %s', (message, index) => {
  expect(errorOf('things', fault({ code: 11000, message }))).toMatchObject({ details: { index } });
});

test('a unit that lost a race runs again, one that met a duplicate does not', () => {
  const faults = [fault({ code: 112 }), fault({ code: 11000 }, 'TransientTransactionError'), fault({ code: 13 })];
  expect(faults.map(isPassing)).toEqual([true, false, false]);
});

test('a commit of which nobody knows is told by its label', () => {
  expect([fault({}, 'UnknownTransactionCommitResult'), fault({ code: 91 })].map(isUnknownCommit)).toEqual([
    true,
    false,
  ]);
});
