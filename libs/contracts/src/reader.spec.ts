import { z } from 'zod';
import { openEnum, readerOf, text } from './index';

const schema = z.strictObject({
  status: openEnum(['DRAFT', 'READY']),
  blocks: z.array(z.strictObject({ role: z.string(), gainDb: z.number().default(0) })).max(2),
  picture: z.strictObject({ sha256: z.string() }).optional(),
});

test('a strict schema refuses what its tolerant twin drops, at every depth', () => {
  const newer = {
    status: 'ARCHIVED',
    colour: 'red',
    blocks: [{ role: 'amp', gainDb: 1, mute: true }],
    picture: { sha256: 'a', alt: '' },
  };
  expect(schema.safeParse(newer).success).toBe(false);
  expect(readerOf(schema).parse(newer)).toEqual({
    status: 'unknown',
    blocks: [{ role: 'amp', gainDb: 1 }],
    picture: { sha256: 'a' },
  });
});

test('the twin keeps types, bounds and defaults', () => {
  expect(readerOf(schema).parse({ status: 'DRAFT', blocks: [{ role: 'ir' }] })).toEqual({
    status: 'DRAFT',
    blocks: [{ role: 'ir', gainDb: 0 }],
  });
  expect(readerOf(schema).safeParse({ status: 3, blocks: [] }).success).toBe(false);
  expect(
    readerOf(schema).safeParse({ status: 'DRAFT', blocks: [{ role: 'a' }, { role: 'b' }, { role: 'c' }] }).success,
  ).toBe(false);
});

test.each([
  ['', 'out-of-range'],
  ['   ', 'out-of-range'],
  ['a\u0000b', 'invalid-text'],
  ['\ud800', 'invalid-text'],
  ['x'.repeat(5), 'out-of-range'],
])('text %j is refused with %s', (value, code) => {
  expect(text(1, 4).safeParse(value).error?.issues[0]?.message).toBe(code);
});

test('text counts code points after NFC and trim', () => {
  expect(text(1, 4).parse(' 🎸🎸🎸🎸 ')).toBe('🎸🎸🎸🎸');
  expect(text(1, 1).parse('e\u0301')).toBe('é');
});
