import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '@gts/kernel';
import { anId, countingIds, manualClock } from '@gts/testing';
import { SignJWT } from 'jose';
import { actorOf, fileKeySet, tokenMinter, tokenVerifier, userSubject } from './index';

const folder = mkdtempSync(join(tmpdir(), 'gts-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'internal-keys.json');

const pair = (kid: string) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...privateKey.export({ format: 'jwk' }), kid };
};
const gateway = pair('gateway-1');
const shootouts = pair('shootouts-1');
const publish = (...entries: { key: ReturnType<typeof pair>; iss: string; subjects: string[] }[]) =>
  writeFileSync(
    path,
    JSON.stringify({ keys: entries.map(({ key: { d: _secret, ...jwk }, ...rest }) => ({ ...jwk, ...rest })) }),
  );
const ofGateway = { key: gateway, iss: 'gateway', subjects: ['user:', 'service:gateway'] };
const ofShootouts = { key: shootouts, iss: 'shootouts', subjects: ['service:shootouts'] };

const tenant = anId<'Tenant'>(0) as TenantId;
const ada = { sub: userSubject(anId(1)), tenant, scopes: ['self', 'shootouts.read'] };

const setUp = () => {
  publish(ofGateway, ofShootouts);
  const clock = manualClock();
  const mint = tokenMinter({ issuer: 'gateway', jwk: JSON.stringify(gateway), clock, newId: countingIds() });
  const verify = tokenVerifier({ keys: fileKeySet({ path, clock }), clock });
  return { clock, mint, verify };
};
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;

test('a minted token says who, where and what; it is the same until 15 s before its end', async () => {
  const { clock, mint, verify } = setUp();
  const token = await mint(ada);
  expect(await verify(token)).toMatchObject({ ...ada, iss: 'gateway' });
  clock.advance(44_000);
  expect(await mint(ada)).toBe(token);
  clock.advance(1_000);
  expect(await mint(ada)).not.toBe(token);
});

test('it ends after a minute, also for who has seen it before', async () => {
  const { clock, mint, verify } = setUp();
  const token = await mint(ada);
  await verify(token);
  clock.advance(60_000);
  await expect(verify(token)).rejects.toEqual(code('AUTH.TOKEN_EXPIRED'));
});

test('a key speaks only for its own subjects', async () => {
  const { clock, verify } = setUp();
  const forge = tokenMinter({ issuer: 'shootouts', jwk: JSON.stringify(shootouts), clock, newId: countingIds() });
  await expect(verify(await forge(ada))).rejects.toEqual(code('AUTH.TOKEN_INVALID'));
  expect((await verify(await forge({ ...ada, sub: 'service:shootouts' }))).sub).toBe('service:shootouts');
  await expect(verify(await forge({ ...ada, sub: 'service:shootouts2' }))).rejects.toEqual(code('AUTH.TOKEN_INVALID'));
});

const ours = { iss: 'gateway', aud: 'gts-internal', ...ada, jti: 'x', exp: 1_767_225_660 };
const header = { alg: 'EdDSA', typ: 'gts+jwt', kid: 'gateway-1' };
const { privateKey: signer } = generateKeyPairSync('ed25519');
test.each([
  ['a foreign signature', ours, header],
  ['a foreign audience', { ...ours, aud: 'gateway' }, header],
  ['an unknown key', ours, { ...header, kid: 'gateway-2' }],
])('%s is refused', async (_, payload, head) => {
  const { verify } = setUp();
  await expect(verify(await new SignJWT(payload).setProtectedHeader(head).sign(signer))).rejects.toEqual(
    code('AUTH.TOKEN_INVALID'),
  );
});
test.each(['', 'x', 'a.b.c', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`])(
  'text %j is no token',
  async (text) => {
    await expect(setUp().verify(text)).rejects.toEqual(code('AUTH.TOKEN_INVALID'));
  },
);

test('another issuer, audience or type on our own signature is refused', async () => {
  const { clock, verify } = setUp();
  const other = tokenMinter({ issuer: 'identity', jwk: JSON.stringify(gateway), clock, newId: countingIds() });
  await expect(verify(await other(ada))).rejects.toEqual(code('AUTH.TOKEN_INVALID'));
});

test('the key set is read again after 5 s, and a new key counts from then on', async () => {
  const { clock, mint, verify } = setUp();
  publish(ofShootouts);
  const token = await mint(ada);
  await expect(verify(token)).rejects.toEqual(code('AUTH.TOKEN_INVALID'));
  publish(ofGateway);
  clock.advance(4_999);
  await expect(verify(token)).rejects.toEqual(code('AUTH.TOKEN_INVALID'));
  clock.advance(1);
  expect((await verify(token)).sub).toBe(ada.sub);
});

test('an unreadable key set makes unknown keys unavailable, never wrong; known ones go on', async () => {
  const { clock, mint, verify } = setUp();
  await verify(await mint(ada));
  writeFileSync(path, '{');
  clock.advance(5_000);
  expect(await verify(await mint({ ...ada, scopes: [] }))).toMatchObject({ scopes: [] });
  const stranger = tokenMinter({ issuer: 'x', jwk: JSON.stringify(pair('x-1')), clock, newId: countingIds() });
  await expect(verify(await stranger(ada))).rejects.toEqual(code('AUTH.KEYS_UNAVAILABLE'));
});

test('a subject names an actor', () => {
  expect(actorOf('user:guest')).toEqual({ kind: 'user', id: 'guest' });
  expect(actorOf('service:rendering')).toEqual({ kind: 'service', id: 'rendering' });
});
