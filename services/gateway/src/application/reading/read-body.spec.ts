import { id, text } from '@gts/contracts';
import { z } from 'zod';
import { decodeJson, readBody } from './read-body';

const schema = z.strictObject({
  title: text(1, 5),
  diTrackId: id('DITrack').optional(),
  position: z.int().min(0).max(10).optional(),
  tones: z
    .array(z.strictObject({ label: text(1, 5).optional() }))
    .max(16)
    .optional(),
  kind: z.enum(['a', 'b']).optional(),
});
const bytes = (value: string) => new TextEncoder().encode(value);
const findings = (value: unknown) =>
  readBody(schema, bytes(typeof value === 'string' ? value : JSON.stringify(value))).findings.map(
    ({ code, pointer }) => `${code} ${pointer ?? ''}`,
  );

test.each<[unknown, string[]]>([
  [{ title: 'x' }, []],
  [{ title: '' }, ['out-of-range /title']],
  [{ title: '   ' }, ['out-of-range /title']],
  [{ title: 'a\u0000' }, ['invalid-text /title']],
  ['{"title":"\\ud800"}', ['invalid-text /title']],
  [{ title: { $ne: null } }, ['invalid-type /title']],
  [{ title: ['x'] }, ['invalid-type /title']],
  [{}, ['invalid-type /title']],
  [[], ['invalid-type ']],
  [{ title: 'x', extra: 1, 'a/b': 2 }, ['unknown-field /extra', 'unknown-field /a~1b']],
  [{ title: 'x', tones: [{ label: 'x', no: 1 }] }, ['unknown-field /tones/0/no']],
  [{ title: 'x', diTrackId: '0199F000-0000-7000-8000-000000000001' }, ['invalid-id /diTrackId']],
  [{ title: 'x', kind: 'c' }, ['invalid-type /kind']],
  ['{"title":"x","__proto__":{}}', ['unknown-field /__proto__']],
  ['{"title":"x","position":9007199254740993}', ['out-of-range /position']],
  [{ title: '', position: -1, kind: 1 }, ['out-of-range /title', 'out-of-range /position', 'invalid-type /kind']],
  [{ title: 'x', tones: Array.from({ length: 17 }, () => 1) }, ['too-many-items /tones']],
])('%j gives %j', (value, expected) => {
  expect(findings(value).toSorted()).toEqual(expected.toSorted());
});

test('an array of 100,000 elements is one finding', () => {
  const { findings: found } = readBody(schema, bytes(`{"title":"x","tones":[${'1,'.repeat(99_999)}1]}`));
  expect(found).toEqual([{ code: 'too-many-items', pointer: '/tones', detail: 'at most 16 items', limit: 16 }]);
});

test('101 wrong elements are 100 findings', () => {
  const wide = z.strictObject({ ids: z.array(id('Gear')).max(200) });
  expect(readBody(wide, bytes(JSON.stringify({ ids: Array(101).fill('x') }))).findings).toHaveLength(100);
});

test('-0 is 0', () => {
  expect(readBody(schema, bytes('{"title":"x","position":-0}')).value).toEqual({ title: 'x', position: 0 });
});

test.each([['\xff'], ['{"a":1}\x00']])('bytes that are no JSON in UTF-8 are refused', (latin1) => {
  expect(() => decodeJson(Buffer.from(latin1, 'latin1'))).toThrow(
    expect.objectContaining({ code: 'HTTP.MALFORMED_JSON' }),
  );
});
