import {
  BSONRegExp,
  Code,
  Decimal128,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import { CommandError } from '../gateway/errors.ts';
import { countDocuments, elementsOf, flagOf, nestedOf, numberOf, textOf, without } from './elements.ts';

const bytesOf = (document: Record<string, unknown>) => Buffer.from(serialize(document));
const every = {
  double: 1.5,
  text: 'grüße',
  nested: { a: [1, { b: 2 }] },
  list: [1, 'two'],
  binary: Buffer.from([1, 2, 3]),
  id: new ObjectId(),
  yes: true,
  at: new Date(0),
  none: null,
  regex: new BSONRegExp('^a', 'i'),
  code: new Code('x'),
  scoped: new Code('x', { y: 1 }),
  int: new Int32(7),
  stamp: new Timestamp({ t: 1, i: 2 }),
  long: Long.fromNumber(2 ** 40),
  decimal: Decimal128.fromString('1.1'),
  least: new MinKey(),
  most: new MaxKey(),
};
const name = fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !text.includes('\0') && text !== '__proto__');
const plain = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double({ noNaN: true }), fc.boolean());
const value = fc.oneof(plain, fc.constant(null), fc.array(plain, { maxLength: 3 }), fc.dictionary(name, plain));
const documents = fc.dictionary(name, value, { maxKeys: 6 });

test('elements of every type stand one after another', () => {
  const bytes = bytesOf(every);
  const elements = elementsOf(bytes);
  expect(elements.map((each) => each.name)).toEqual(Object.keys(every));
  expect(elements.at(-1)?.end).toBe(bytes.length - 1);
});

test('values are read by their type only', () => {
  const by = new Map(elementsOf(bytesOf(every)).map((each) => [each.name, each]));
  expect([numberOf(by.get('double')), numberOf(by.get('int')), numberOf(by.get('long'))]).toEqual([1.5, 7, 2 ** 40]);
  expect(textOf(by.get('text'))).toBe('grüße');
  expect(flagOf(by.get('yes'))).toBe(true);
  expect(deserialize(nestedOf(by.get('nested')) ?? Buffer.alloc(0))).toEqual({ a: [1, { b: 2 }] });
  expect([numberOf(by.get('text')), textOf(by.get('int')), flagOf(by.get('none')), nestedOf(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('dropping elements gives what decoding, deleting and encoding gives', () => {
  fc.assert(
    fc.property(documents, fc.array(name), (document, dropped) => {
      const kept = Object.fromEntries(Object.entries(document).filter(([key]) => !dropped.includes(key)));
      expect(without(bytesOf(document), (each) => dropped.includes(each))).toEqual(bytesOf(kept));
    }),
  );
});

test('documents one after another are counted', () => {
  fc.assert(
    fc.property(fc.array(documents, { maxLength: 5 }), (list) => {
      expect(countDocuments(Buffer.concat(list.map(bytesOf)))).toBe(list.length);
    }),
  );
});

test('malformed bytes are refused with 22, never read beyond their end', () => {
  const codeOf = (bytes: Buffer): number | undefined => {
    try {
      elementsOf(bytes);
      countDocuments(bytes);
      return undefined;
    } catch (error) {
      return error instanceof CommandError ? error.code : 0;
    }
  };
  const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(documents, change, fc.nat({ max: 2 }), (document, changes, cut) => {
      const bytes = bytesOf(document);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      expect([undefined, 22]).toContain(codeOf(bytes.subarray(0, bytes.length - cut)));
    }),
    { numRuns: 500 },
  );
  expect(codeOf(bytesOf({ a: 1 }).subarray(0, -1))).toBe(22);
});
