import { indexHintOf, duplicateKeyMessage } from './duplicate-key.ts';
import { nameOfCode } from './errors.ts';
import { codeOfState, codeOfWriteError, labelsOf, unpackState } from './sql-errors.ts';

test.each([
  ['M001C', 11_000],
  ['23505', 11_000],
  ['23P01', 11_000],
  ['40001', 112],
  ['40P01', 112],
  ['55P03', 112],
  ['M00F1', 112],
  ['57014', 50],
  ['M00EX', 50],
  ['M00F6', 251],
  ['57P01', 91],
  ['57P02', 91],
  ['57P03', 91],
  ['08006', 91],
  ['M0001', 2],
  ['M0003', 9],
  ['M0004', 14],
  ['M0008', 26],
  ['M0009', 27],
  ['M000E', 43],
  ['M000F', 48],
  ['M000R', 85],
  ['M000S', 86],
  ['M000U', 115],
  ['M001B', 10_334],
  ['54000', 10_334],
  ['M003A', 17_419],
  ['53100', 14_031],
  ['42501', 13],
  ['XX000', 1],
])('SQLSTATE %s becomes %i', (state, code) => {
  expect(codeOfState(state)).toBe(code);
});

test('a packed state unpacks to five characters', () => {
  expect(unpackState(319_029_277)).toBe('M001C');
  expect(codeOfWriteError(319_029_277)).toBe(11_000);
});

test('a plain code in an answer stays what it is', () => {
  expect(codeOfWriteError(121)).toBe(121);
});

test.each([
  [112, true, ['TransientTransactionError']],
  [251, true, ['TransientTransactionError']],
  [91, true, ['TransientTransactionError']],
  [112, false, []],
  [11_000, true, []],
  [50, true, []],
])('code %i, inside a transaction: %s, has the labels %j', (code, inTransaction, labels) => {
  expect(labelsOf(code, inTransaction)).toEqual(labels);
});

test.each([
  [`Duplicate key violation on the requested collection: Index 'byMail'`, { name: 'byMail' }],
  [`Duplicate key violation on the requested collection: Index 'it's'`, { name: `it's` }],
  ['duplicate key value violates unique constraint "collection_pk_12"', { name: '_id_' }],
  ['could not create exclusion constraint "documents_rum_index_7"', { number: 7 }],
  ['something else', undefined],
])('the index in "%s" is found', (message, hint) => {
  expect(indexHintOf(message)).toEqual(hint);
});

test('the message of a duplicate is the official one', () => {
  expect(duplicateKeyMessage('shop.people', 'byMail')).toBe(
    'E11000 duplicate key error collection: shop.people index: byMail dup key',
  );
});

test('codes have the official names, others a made one', () => {
  expect([nameOfCode(11_000), nameOfCode(17_419)]).toEqual(['DuplicateKey', 'Location17419']);
});
