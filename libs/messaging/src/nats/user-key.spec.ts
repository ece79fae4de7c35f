import { nkeys } from 'nats';
import { newUserSeed, userAuthenticator, userKey } from './user-key';

type Pair = Readonly<{ getPublicKey(): string; verify(message: Uint8Array, signature: Uint8Array): boolean }>;

test('a seed of ours means the same to the client library: same public key, signature accepted', () => {
  const seed = newUserSeed();
  const theirs = nkeys.fromSeed(Buffer.from(seed)) as Pair;
  const ours = userKey(seed);
  const message = Buffer.from('nonce');
  expect(ours.publicKey).toBe(theirs.getPublicKey());
  expect(theirs.verify(message, ours.sign(message))).toBe(true);
});

test.each(['', 'SUAGMJH5', `SU${'A'.repeat(56)}`, newUserSeed().replace(/^SU/, 'SA'), `${newUserSeed()} `])(
  'refuses %p',
  (text) => {
    expect(() => userKey(text)).toThrow('no seed of a broker user');
  },
);

test('the answer to a nonce is its signature', () => {
  const seed = newUserSeed();
  const { sig } = userAuthenticator(seed)('a nonce') as { sig: string };
  const theirs = nkeys.fromSeed(Buffer.from(seed)) as Pair;
  expect(theirs.verify(Buffer.from('a nonce'), Buffer.from(sig, 'base64url'))).toBe(true);
});
