import { paging, text } from '@gts/contracts';
import { z } from 'zod';
import { readQuery } from './read-query';

const schema = z.strictObject({
  ...paging,
  q: text(0, 100).optional(),
  status: z.enum(['READY', 'DRAFT']).optional(),
  scope: z.array(z.enum(['own', 'pool'])).optional(),
  includeDeleted: z.boolean().optional(),
  sort: z.enum(['newest', 'name']).default('newest'),
});
const read = (query: string) => readQuery(schema, new URLSearchParams(query));
const codes = ({ unknown, invalid, broken }: ReturnType<typeof read>) =>
  [...unknown, ...invalid, ...broken].map(({ code, parameter }) => `${code} ${parameter ?? ''}`);

test('turns texts into what is due', () => {
  expect(read('limit=3&scope=own,pool&includeDeleted=true&q=a').value).toEqual({
    limit: 3,
    scope: ['own', 'pool'],
    includeDeleted: true,
    q: 'a',
    sort: 'newest',
  });
});

test.each([
  ['limit=0', ['invalid-parameter limit']],
  ['limit=101', ['invalid-parameter limit']],
  ['limit=-1', ['invalid-parameter limit']],
  ['limit=ten', ['invalid-parameter limit']],
  ['limit=1&limit=2', ['invalid-parameter limit']],
  ['status=GONE', ['invalid-parameter status']],
  ['scope=own,theirs', ['invalid-parameter scope']],
  ['includeDeleted=yes', ['invalid-parameter includeDeleted']],
  ['q[$ne]=x', ['unknown-parameter q[$ne]']],
  ['sort=oldest', ['unknown-parameter sort']],
  ['nope=1&__proto__=2', ['unknown-parameter nope', 'unknown-parameter __proto__']],
  [`q=${'x'.repeat(101)}`, ['out-of-range q']],
])('%s gives %j', (query, expected) => {
  expect(codes(read(query))).toEqual(expected);
});
