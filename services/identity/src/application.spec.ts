import { credentialHash, deriveApiToken, parseKeyRing } from '@gts/auth';
import type { Context } from '@gts/kernel';
import { GUEST, SYSTEM_TENANT } from '@gts/kernel';
import { createEncoder } from '@gts/messaging';
import { memoryStore, runCommand } from '@gts/persistence';
import { aContext, anId, countingIds, manualClock } from '@gts/testing';
import { compose } from './composition';

const guest = aContext({ tenantId: SYSTEM_TENANT, actor: { kind: 'user', id: GUEST }, scopes: [] });
const paging = { limit: 25 };

const setUp = (demoSignIn = true) => {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const newId = countingIds();
  const encoder = createEncoder({ producer: 'identity', newId, clock });
  const { application: app } = compose({ store, encoder, clock, newId, config: { demoSignIn } });
  const events = () => store.rows.map((row) => row.subject.split('.').at(-1));
  const signIn = async (persona: 'ada' | 'ben' | 'cleo', secret = `${persona} one`) => {
    const sessionId = credentialHash(secret);
    const reply = await app.commands.signInDemo({ persona, sessionId, label: 'Firefox' }, { ...guest });
    const { id, personalTenantId: tenantId } = reply.user ?? {};
    const ctx = (): Context => aContext({ tenantId: tenantId ?? anId(0), actor: { kind: 'user', id: id ?? '' } });
    return { sessionId, reply, ctx };
  };
  const principal = async (kind: 'session' | 'token', credential: string) =>
    (await app.queries.authoriseRequest({ kind, credential }, { ...guest })).principal;
  return { app, clock, store, events, signIn, principal };
};
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;

describe('signing in', () => {
  test('registers person and workspace once, in one transaction with the facts', async () => {
    const { signIn, events, store } = setUp();
    const first = await signIn('ada', 'one');
    const second = await signIn('ada', 'two');
    expect(second.reply.user?.id).toBe(first.reply.user?.id);
    expect(events()).toEqual(['UserRegistered', 'TenantCreated']);
    expect(first.reply).toMatchObject({ role: 'owner', tenant: { kind: 'PERSONAL', slug: 'ada', role: 'owner' } });
    expect(store.rows.every((row) => row.tenantId === SYSTEM_TENANT)).toBe(true);
  });
  test('two first sign-ins at once register one person', async () => {
    const { signIn, events } = setUp();
    const both = await Promise.all([signIn('ben', 'one'), signIn('ben', 'two')]);
    expect(new Set(both.map(({ reply }) => reply.user?.id)).size).toBe(1);
    expect(events()).toEqual(['UserRegistered', 'TenantCreated']);
  });
  test('only cleo operates', async () => {
    const { signIn } = setUp();
    const people = await Promise.all((['ada', 'ben', 'cleo'] as const).map((each) => signIn(each)));
    expect(people.map(({ reply }) => reply.user?.isAdmin)).toEqual([false, false, true]);
  });
  test('does not exist where it is switched off', async () => {
    await expect(setUp(false).signIn('ada')).rejects.toEqual(code('IDENTITY.DEMO_DISABLED'));
  });
  test('no store row holds the secret, no event a name', async () => {
    const { signIn, store } = setUp();
    await signIn('ada', 'canary');
    const text = store.rows.map((row) => Buffer.from(row.body).toString()).join('');
    expect(text).not.toMatch(/canary|Ada/);
  });
});

describe('a session', () => {
  test('stands for its person in the personal workspace', async () => {
    const { signIn, principal } = setUp();
    const { sessionId, reply } = await signIn('ada');
    expect(await principal('session', sessionId)).toMatchObject({
      kind: 'session',
      userId: reply.user?.id,
      tenantId: reply.tenant?.id,
      role: 'owner',
      sessionId,
    });
    expect(await principal('session', credentialHash('unknown'))).toBeNull();
  });
  test('ends when it is revoked, with the fact that tells the gateway; a second time it is not there', async () => {
    const { app, signIn, principal, events } = setUp();
    const [one, two] = [await signIn('ada', 'one'), await signIn('ada', 'two')];
    await app.commands.revokeSession({ sessionId: two.sessionId }, one.ctx());
    expect(await principal('session', two.sessionId)).toBeNull();
    expect(await principal('session', one.sessionId)).not.toBeNull();
    expect(events().at(-1)).toBe('SessionsRevoked');
    const again = app.commands.revokeSession({ sessionId: two.sessionId }, one.ctx());
    await expect(again).rejects.toEqual(code('IDENTITY.SESSION_NOT_FOUND'));
  });
  test('of somebody else is not there', async () => {
    const { app, signIn, principal } = setUp();
    const [ada, ben] = [await signIn('ada'), await signIn('ben')];
    const stolen = app.commands.revokeSession({ sessionId: ada.sessionId }, ben.ctx());
    await expect(stolen).rejects.toEqual(code('IDENTITY.SESSION_NOT_FOUND'));
    expect(await principal('session', ada.sessionId)).not.toBeNull();
  });
  test('all of them end at once; a later one lives', async () => {
    const { app, clock, signIn, principal } = setUp();
    const [one, two] = [await signIn('ada', 'one'), await signIn('ada', 'two')];
    clock.advance(1);
    await app.commands.revokeAllSessions({}, one.ctx());
    expect([await principal('session', one.sessionId), await principal('session', two.sessionId)]).toEqual([
      null,
      null,
    ]);
    clock.advance(1);
    const three = await signIn('ada', 'three');
    expect(await principal('session', three.sessionId)).not.toBeNull();
    const { items } = await app.queries.listSessions({ ...paging, sessionId: three.sessionId }, three.ctx());
    expect(items.map(({ id, current }) => [id, current])).toEqual([[three.sessionId, true]]);
  });
  test('idles out after a week, lives on when it is seen', async () => {
    const { clock, signIn, principal } = setUp();
    const [idle, used] = [await signIn('ada', 'idle'), await signIn('ada', 'used')];
    clock.advance(6 * 86_400_000);
    expect(await principal('session', used.sessionId)).not.toBeNull();
    clock.advance(86_400_000);
    expect(await principal('session', idle.sessionId)).toBeNull();
    expect(await principal('session', used.sessionId)).not.toBeNull();
  });
});

describe('an API token', () => {
  const ring = parseKeyRing(`k:${Buffer.alloc(32, 7).toString('base64')}`);
  const scopes: ('read' | 'write' | 'ops')[] = ['read'];
  const asked = (commandId: string, sessionId: string) => {
    const { token, hash, prefix } = deriveApiToken(ring, { tenantId: 't', actorId: 'u', commandId });
    const data = { name: 'cli', scopes, expiresAt: '2026-02-01T00:00:00.000Z' as never, sessionId, hash, prefix };
    return { token, data };
  };
  test('stands for its person, is listed without its text, and ends when it is revoked', async () => {
    const { app, signIn, principal, events } = setUp();
    const ada = await signIn('ada');
    const { token, data } = asked('c1', ada.sessionId);
    const made = await app.commands.createApiToken(data, ada.ctx());
    expect(await principal('token', credentialHash(token))).toMatchObject({ kind: 'token', scopes, role: 'owner' });
    const { items } = await app.queries.listApiTokens(paging, ada.ctx());
    expect(items).toMatchObject([
      { id: made.id, prefix: token.slice(0, 12), lastUsedAt: expect.any(String) as string },
    ]);
    await app.commands.revokeApiToken({ tokenId: made.id }, ada.ctx());
    expect(await principal('token', credentialHash(token))).toBeNull();
    expect(events().slice(-2)).toEqual(['ApiTokenCreated', 'ApiTokenRevoked']);
  });
  test('made twice by one command is one token, and the kept reply has no secret', async () => {
    const { app, signIn, store } = setUp();
    const ada = await signIn('ada');
    const { token, data } = asked('c1', ada.sessionId);
    const ctx = { ...ada.ctx(), commandId: anId(99) };
    const create = () => {
      const command = { name: 'CreateApiToken', requestDigest: 'd' };
      return runCommand({ store, ctx, command }, (inner) => app.commands.createApiToken(data, inner));
    };
    const [first, again] = [await create(), await create()];
    expect([first.replayed, again.replayed]).toEqual([false, true]);
    expect(again.reply).toEqual(first.reply);
    expect(JSON.stringify(await store.commands.find(ctx))).not.toContain(token);
  });
  test('needs a sign-in of the last ten minutes', async () => {
    const { app, clock, signIn } = setUp();
    const ada = await signIn('ada');
    clock.advance(600_001);
    const late = app.commands.createApiToken(asked('c1', ada.sessionId).data, ada.ctx());
    await expect(late).rejects.toEqual(code('IDENTITY.REAUTHENTICATION_REQUIRED'));
  });
  test('is refused beyond 20, beyond a year, in the past, and for operating without being an administrator', async () => {
    const { app, signIn } = setUp();
    const ada = await signIn('ada');
    const create = (part: object, id = 'x') =>
      app.commands.createApiToken({ ...asked(id, ada.sessionId).data, ...part }, ada.ctx());
    await expect(create({ expiresAt: '2027-01-02T00:00:00.000Z' })).rejects.toEqual(code('IDENTITY.TOKEN_EXPIRY'));
    await expect(create({ expiresAt: '2025-01-02T00:00:00.000Z' })).rejects.toEqual(code('IDENTITY.TOKEN_EXPIRY'));
    await expect(create({ scopes: ['ops'] })).rejects.toEqual(code('IDENTITY.SCOPE_FORBIDDEN'));
    for (let i = 0; i < 20; i += 1) await create({}, `t${i}`);
    await expect(create({}, 't20')).rejects.toEqual(code('IDENTITY.LIMIT_REACHED'));
  });
  test('is refused beyond 20 also where many ask at once', async () => {
    const { app, signIn } = setUp();
    const ada = await signIn('ada');
    const create = (id: string) => app.commands.createApiToken(asked(id, ada.sessionId).data, ada.ctx());
    const all = await Promise.allSettled(Array.from({ length: 25 }, (_, i) => create(`t${i}`)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  });
  test('of somebody else is not there', async () => {
    const { app, signIn } = setUp();
    const [ada, ben] = [await signIn('ada'), await signIn('ben')];
    const { id: tokenId } = await app.commands.createApiToken(asked('c', ada.sessionId).data, ada.ctx());
    await expect(app.commands.revokeApiToken({ tokenId }, ben.ctx())).rejects.toEqual(code('IDENTITY.TOKEN_NOT_FOUND'));
  });
});

test('a guest is nobody; a person sees the own account, workspace and name', async () => {
  const { app, signIn } = setUp();
  expect(await app.queries.getPrincipal({}, guest)).toEqual({ user: null, tenant: null, role: null });
  const ada = await signIn('ada');
  expect(await app.queries.getPrincipal({}, ada.ctx())).toMatchObject({ user: { username: 'ada' }, role: 'owner' });
  expect((await app.queries.listTenants(paging, ada.ctx())).items).toHaveLength(1);
  const userIds = [ada.reply.user?.id ?? anId(0), anId<'User'>(404)];
  expect((await app.queries.getPublicProfiles({ userIds }, guest)).items).toEqual([
    { userId: userIds[0], displayName: 'Ada', avatarKey: null },
  ]);
  await expect(app.queries.getMe({ minEventSeq: 9 }, ada.ctx())).rejects.toEqual(code('STORE.PROJECTION_LAG'));
});
