import fc from 'fast-check';
import {
  credentialHash,
  csrfMatches,
  csrfToken,
  deriveApiToken,
  looksLikeApiToken,
  newSecret,
  parseKeyRing,
} from './index';
import { Lru } from './lru';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const ring = parseKeyRing(`k1:${key(1)}`);
const turned = parseKeyRing(`k2:${key(2)}, k1:${key(1)}`);
const seed = { tenantId: 't', actorId: 'u', commandId: 'c' };

test('the same command derives the same API token, any other another one', () => {
  const made = deriveApiToken(ring, seed);
  expect(deriveApiToken(ring, { ...seed })).toEqual(made);
  expect(looksLikeApiToken(made.token)).toBe(true);
  expect(made.hash).toBe(credentialHash(made.token));
  expect(made.token.startsWith(made.prefix)).toBe(true);
  const others = [
    { ...seed, tenantId: 'tu', actorId: '' },
    { ...seed, actorId: 'v' },
    { ...seed, commandId: 'd' },
  ];
  expect(new Set([made, ...others.map((each) => deriveApiToken(ring, each))].map(({ token }) => token)).size).toBe(4);
});

test('after the ring has turned the shown prefix finds the old key', () => {
  const old = deriveApiToken(ring, seed);
  expect(deriveApiToken(turned, seed).token).not.toBe(old.token);
  expect(deriveApiToken(turned, seed, old.prefix)).toEqual(old);
});

test('a CSRF token belongs to one session or guest, and outlives a turn of the ring', () => {
  const session = { kind: 'session', hash: 'a' } as const;
  const token = csrfToken(ring, session);
  expect(csrfMatches(turned, session, token)).toBe(true);
  expect(csrfMatches(ring, { kind: 'guest', hash: 'a' }, token)).toBe(false);
  expect(csrfMatches(ring, { kind: 'session', hash: 'b' }, token)).toBe(false);
  fc.assert(fc.property(fc.string(), (text) => !csrfMatches(ring, session, text)));
});

test('secrets have 256 bits and never come twice', () => {
  const made = Array.from({ length: 100 }, newSecret);
  expect(new Set(made).size).toBe(100);
  expect(made.every((each) => Buffer.from(each, 'base64url').length === 32)).toBe(true);
});

test.each(['', 'k1', `k1:${Buffer.alloc(31).toString('base64')}`, `a b:${key(1)}`])('ring %j is refused', (text) => {
  expect(() => parseKeyRing(text)).toThrow('key ring');
});

test('the cache forgets what was not asked for longest', () => {
  const cache = new Lru<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([1, undefined, 3, 2]);
});
