import { type Instant, instantOf } from '@gts/kernel';
import { anId } from '@gts/testing';
import fc from 'fast-check';
import { isFresh, isLive, isWorthNoting, openSession, revoke, seen } from './session';

const DAY = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const at = (days: number): Instant => instantOf(start + days * DAY);
const opened = openSession({ userId: anId(1), activeTenantId: anId(2), label: 'x', at: at(0) }).state;

test('an idle session ends after seven days', () => {
  expect(isLive(opened, at(6.99), null)).toBe(true);
  expect(isLive(opened, at(7), null)).toBe(false);
});

test('however often it is seen, it ends after thirty days, and never before seven more of silence', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 6.9, noNaN: true }), { maxLength: 30 }), (pauses) => {
      let session = opened;
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        if (isLive(session, at(now), null)) session = seen(at(now))(session).state;
      }
      expect(session.expiresAt <= at(30)).toBe(true);
      const last = (Date.parse(session.lastSeenAt) - start) / DAY;
      expect(session.expiresAt).toBe(at(Math.min(30, last + 7)));
    }),
  );
});

test('revoking one, or all that began before, ends it', () => {
  expect(isLive(revoke(opened).state, at(0), null)).toBe(false);
  expect(isLive(opened, at(1), at(0))).toBe(false);
  expect(isLive(opened, at(1), at(-1))).toBe(true);
});

test('a sign of life is written every ten minutes, a sign-in is fresh for as long', () => {
  const minutes = (n: number) => instantOf(start + n * 60_000);
  expect([isWorthNoting(opened, minutes(9)), isWorthNoting(opened, minutes(10))]).toEqual([false, true]);
  expect([isFresh(opened, minutes(10)), isFresh(opened, minutes(10.1))]).toEqual([true, false]);
});
