import fc from 'fast-check';
import { JsonSyntaxError, readJson } from './json-reader';

test('reads what JSON.parse reads, whatever the value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), (text) => {
      const expected = JSON.stringify(JSON.parse(text));
      fc.pre(!/__proto__|constructor|prototype/.test(text));
      expect(JSON.stringify(readJson(text).value)).toBe(expected);
    }),
  );
});

const outcomeOf = (text: string): string => {
  try {
    JSON.parse(JSON.stringify(readJson(text).value));
    return 'value';
  } catch (error) {
    return error instanceof JsonSyntaxError ? 'JsonSyntaxError' : String(error);
  }
};

test('never answers with anything but a value or a syntax error', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\u0 1-.eE+tfn\n')) }), (text) => {
      expect(outcomeOf(text)).toMatch(/^(?:value|JsonSyntaxError)$/);
    }),
  );
});

test.each([
  ['nothing', ''],
  ['only blanks', ' \n'],
  ['text after the value', '{} x'],
  ['two values', '1 2'],
  ['a byte order mark', '\ufeff{}'],
  ['a double key', '{"a":1,"a":2}'],
  ['a double key in other spelling', '{"a":1,"\\u0061":2}'],
  ['depth 21', '['.repeat(21) + ']'.repeat(21)],
  ['depth 100,000', '['.repeat(100_000)],
  ['a number beyond float64', '{"a":1e400}'],
  ['NaN', '{"a":NaN}'],
  ['a leading zero', '01'],
  ['a trailing comma', '[1,]'],
  ['a comment', '/* */1'],
  ['a bare control character', '"\u0001"'],
  ['an unfinished string', '"abc'],
])('refuses %s', (_, text) => {
  expect(() => readJson(text)).toThrow(JsonSyntaxError);
});

test('takes depth 20 and turns -0 into 0', () => {
  expect(readJson('['.repeat(20) + ']'.repeat(20)).forbidden).toEqual([]);
  expect(Object.is(readJson('-0').value, 0)).toBe(true);
});

test('reports keys that could reach a prototype and changes none', () => {
  const { value, forbidden } = readJson('{"a":{"__proto__":{"x":1}},"constructor":1,"b":[{"prototype":{}}]}');
  expect(forbidden.map((each) => each.pointer)).toEqual(['/a/__proto__', '/constructor', '/b/0/prototype']);
  expect(JSON.stringify(value)).toBe('{"a":{},"b":[{}]}');
  expect(({} as { x?: number }).x).toBeUndefined();
});
