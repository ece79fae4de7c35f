import type { DomainError, Instant } from '@gts/kernel';
import { use, type Usage, type Used } from './usage';

const nothingUsed: Usage = { shootouts: 0, diBytes: 0, day: '', tracks: 0 };

const limits = { shootouts: 2, diBytes: 100, diTracksPerDay: 2 };
const noon = '2026-01-01T12:00:00.000Z' as Instant;
const refusal = (run: () => unknown): Partial<DomainError> => {
  try {
    run();
    return {};
  } catch (error) {
    return error as DomainError;
  }
};
const full = { shootouts: 2, diBytes: 100, day: '2026-01-01', tracks: 2 };

test.each<[Used, string]>([
  [{ shootouts: 1 }, 'SHOOTOUT.LIMIT_REACHED'],
  [{ diBytes: 1 }, 'SHOOTOUT.LIMIT_REACHED'],
  [{ tracks: 1 }, 'SHOOTOUT.QUOTA_EXCEEDED'],
])('%j beyond the limit is %s', (used, code) => {
  expect(refusal(() => use(full, used, { limits, now: noon })).code).toBe(code);
});

test('up to the limit is fine, and less is never refused, also not beyond it', () => {
  const one = use(nothingUsed, { shootouts: 1, diBytes: 50, tracks: 1 }, { limits, now: noon });
  expect(use(one, { shootouts: 1, diBytes: 50, tracks: 1 }, { limits, now: noon })).toEqual(full);
  const tooMuch = { ...full, shootouts: 9, diBytes: 900 };
  expect(use(tooMuch, { shootouts: -1, diBytes: -50 }, { limits, now: noon })).toMatchObject({
    shootouts: 8,
    diBytes: 850,
  });
});

test('the next day begins at nothing, and the refusal says when that is', () => {
  const error = refusal(() => use(full, { tracks: 1 }, { limits, now: noon }));
  expect(error.retryAfterMs).toBe(12 * 3_600_000);
  expect(use(full, { tracks: 1 }, { limits, now: '2026-01-02T00:00:00.000Z' as Instant }).tracks).toBe(1);
});
