import type { KeyRing } from '@gts/auth';
import { type CursorUse, openCursor, sealCursor } from './cursors';

const key = (id: string) => ({ id, key: Buffer.alloc(32, id) });
const keys: KeyRing = [key('one'), key('older')];
const use: CursorUse = { route: 'ListShootouts', filters: { q: 'x' }, tenantId: 't', actorId: 'u' };
const nowMs = 1_000_000;
const sealed = sealCursor('inner', use, { keys, nowMs });
const code = (cursor: string, part: Partial<CursorUse> = {}, at = nowMs) => {
  try {
    return openCursor(cursor, { ...use, ...part }, { keys, nowMs: at });
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('comes back as it went, also under a rotated key', () => {
  expect(code(sealed)).toBe('inner');
  expect(code(sealCursor('inner', use, { keys: [key('older')], nowMs }))).toBe('inner');
});

test.each([
  ['cut', sealed.slice(0, -1), {}],
  ['empty', '', {}],
  ['with a bit flipped', `A${sealed.slice(1)}`, {}],
  ['with one more part', `${sealed}.x`, {}],
  ['of a stranger', sealCursor('inner', use, { keys: [key('other')], nowMs }), {}],
  ['in another tenant', sealed, { tenantId: 'other' }],
  ['of another person', sealed, { actorId: 'other' }],
  ['with other filters', sealed, { filters: { q: 'y' } }],
  ['on another route', sealed, { route: 'ListDITracks' }],
])('is refused when %s', (_, cursor, part) => {
  expect(code(cursor, part)).toBe('HTTP.CURSOR_INVALID');
});

test('ends after 24 h', () => {
  expect(code(sealed, {}, nowMs + 24 * 3_600_000)).toBe('inner');
  expect(code(sealed, {}, nowMs + 25 * 3_600_000)).toBe('HTTP.CURSOR_EXPIRED');
});
