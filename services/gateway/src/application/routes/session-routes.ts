import { credentialHash, csrfToken } from '@gts/auth';
import { GetPrincipal, type ReplyOf, SignInDemo, SignInDemoBody, SignOut } from '@gts/contracts';
import { z } from 'zod';
import { cookiesFor, endedCookie, guestCookie, sessionCookie } from '../cookies';
import { http } from '../errors';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route, type Route } from '../route';

const session = GetPrincipal.reply.extend({ csrfToken: z.string().nullable() });
type Known = Pick<ReplyOf<typeof GetPrincipal>, 'user' | 'tenant' | 'role'>;
const shown = ({ user, tenant, role: held }: Known, token: string | null) => ({
  user,
  tenant,
  role: held,
  csrfToken: token,
});

async function signIn(request: EdgeRequest, { rpc, keys, newSecret, settings }: Ports): Promise<Answer> {
  if (settings.production) throw http.NOT_FOUND();
  const secret = newSecret();
  const hash = credentialHash(secret);
  const body = SignInDemoBody.parse(request.body);
  const reply = await rpc.call(SignInDemo, { ...body, sessionId: hash, label: request.caller.label }, request.ctx);
  const cookie = sessionCookie(cookiesFor(settings.publicUrl), secret, reply.session.expiresAt);
  return { json: shown(reply, csrfToken(keys, { kind: 'session', hash })), cookies: [cookie] };
}

async function whoAmI({ caller, ctx }: EdgeRequest, { rpc, keys, newSecret, settings }: Ports): Promise<Answer> {
  const known = await rpc.call(GetPrincipal, {}, ctx);
  if (caller.kind === 'token') return { json: shown(known, null) };
  if (caller.binding) return { json: shown(known, csrfToken(keys, caller.binding)) };
  const secret = newSecret();
  const token = csrfToken(keys, { kind: 'guest', hash: credentialHash(secret) });
  return { json: shown(known, token), cookies: [guestCookie(cookiesFor(settings.publicUrl), secret)] };
}

async function signOut({ caller, ctx }: EdgeRequest, { rpc, principals, settings }: Ports): Promise<Answer> {
  if (caller.kind === 'session' && caller.binding) {
    await rpc.call(SignOut, { sessionId: caller.binding.hash }, ctx);
    principals.forget(caller.principal.userId);
  }
  return { cookies: [endedCookie(cookiesFor(settings.publicUrl))] };
}

const provider = z.strictObject({ id: z.string(), label: z.string(), kind: z.string() });
/** The personas of the demonstration; other providers come with OIDC. */
const demo = { id: 'demo', label: 'Demo', kind: 'demo' };

/** Coming, being and going. */
export const sessionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/auth/providers',
    who: 'G',
    tag: 'identity',
    operationId: 'ListProviders',
    summary: 'Ways to sign in here.',
    reply: z.strictObject({ items: z.array(provider) }),
    act: (_, { settings }) => Promise.resolve({ json: { items: settings.production ? [] : [demo] } }),
  }),
  route({
    method: 'POST',
    path: '/auth/demo/sign-in',
    who: 'G',
    tag: 'identity',
    operationId: SignInDemo.name,
    codes: ['HTTP.NOT_FOUND'],
    summary: SignInDemo.summary,
    bucket: 'sign-in',
    body: SignInDemoBody,
    reply: session,
    example: { body: { persona: 'ada' } },
    act: signIn,
  }),
  route({
    method: 'GET',
    path: '/session',
    who: 'G',
    tag: 'identity',
    operationId: GetPrincipal.name,
    summary: GetPrincipal.summary,
    reply: session,
    act: whoAmI,
  }),
  route({
    method: 'DELETE',
    path: '/session',
    who: 'self',
    tag: 'identity',
    operationId: SignOut.name,
    summary: SignOut.summary,
    scope: 'session',
    status: 204,
    act: signOut,
  }),
];
