import fc from 'fast-check';
import {
  canonicalJson,
  durationMs,
  errors,
  hasCode,
  idFactory,
  isDomainError,
  kindOf,
  statusOf,
  uuidv7,
} from './index';

describe('ids', () => {
  test('are RFC 9562 version 7, lower case, ordered by time', () => {
    const random = Uint8Array.from({ length: 10 }, (_, i) => 255 - i);
    expect(uuidv7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7ffe-bdfc-fbfaf9f8f7f6');
    expect(uuidv7(1, random) < uuidv7(2, random)).toBe(true);
  });
  test('do not repeat within a millisecond', () => {
    const newId = idFactory(() => 5);
    expect(new Set(Array.from({ length: 1000 }, () => newId())).size).toBe(1000);
  });
});

describe('canonical JSON', () => {
  test('is the same text whatever the order of the keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
  test('follows the example of RFC 8785 §3.2.2', () => {
    const input = { numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27], literals: [null, true, false] };
    expect(canonicalJson(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    );
  });
  test('refuses what JSON cannot carry', () => {
    expect(() => canonicalJson({ level: Number.NaN })).toThrow(TypeError);
  });
});

describe('errors', () => {
  const refuse = errors('TEST', {
    TOO_MANY: { kind: 'rule-violated', summary: 'Too many.', message: (most: number) => `at most ${most}` },
  });
  test('carry kind, code and text, and are known by their brand', () => {
    const error = refuse.TOO_MANY(3);
    expect(error).toMatchObject({ kind: 'rule-violated', code: 'TEST.TOO_MANY', message: 'at most 3' });
    expect(isDomainError(error)).toBe(true);
    expect(hasCode(error, refuse.TOO_MANY.code)).toBe(true);
    expect(statusOf(kindOf(error))).toBe(422);
  });
  test('anything without the brand is a bug', () => {
    expect(kindOf(new Error('x'))).toBe('bug');
    expect(kindOf(undefined)).toBe('bug');
  });
  test('take details and a cause', () => {
    const cause = new Error('below');
    const error = refuse.TOO_MANY.with({ cause, details: { currentVersion: 3 } }, 4);
    expect([error.cause, error.details, error.message]).toEqual([cause, { currentVersion: 3 }, 'at most 4']);
  });
});

test.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['14d', 14 * 86_400_000],
] as const)('%s are %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
