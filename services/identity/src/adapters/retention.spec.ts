import { keptDays } from '@gts/testing';
import { linkCollection, sessionCollection, tenantCollection, tokenCollection, userCollection } from './collections';

test.each([
  ['a session that ended', sessionCollection, { revoked: false, expiresAt: 'now' }, 30],
  ['one that was revoked a month before its end', sessionCollection, { revoked: true, expiresAt: 'now' }, 30],
  ['a token that ended', tokenCollection, { revoked: false, expiresAt: 'now' }, 30],
  ['a revoked token', tokenCollection, { revoked: true, expiresAt: '9999-01-01T00:00:00.000Z' }, 30],
  ['a live token', tokenCollection, { revoked: false, expiresAt: '9999-01-01T00:00:00.000Z' }, 'for ever'],
  ['a person', userCollection, { status: 'SUSPENDED' }, 'for ever'],
  ['a workspace', tenantCollection, { status: 'SUSPENDED' }, 'for ever'],
  ['a link', linkCollection, {}, 'for ever'],
] as const)('%s is kept its time', async (...[, rows, fields, days]) => {
  expect(await keptDays(rows as never, fields)).toBe(days);
});
