import type { DataOf, ReplyOf, SignInDemo } from '@gts/contracts';
import { type Context, hasCode } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { refuse } from '../domain/errors';
import { openSession } from '../domain/session';
import { openPersonal, roleOf } from '../domain/tenant';
import { assertActive, registerPersona } from '../domain/user';
import type { Deps, SignedIn } from './ports';
import { sessionView, tenantView, userView } from './views';

type Data = DataOf<typeof SignInDemo>;

async function returning(deps: Deps, ctx: Context, data: Data): Promise<SignedIn | undefined> {
  const userId = await deps.accounts.find(ctx, `demo:${data.persona}`);
  if (!userId) return undefined;
  const user = await deps.users(ctx).get(userId);
  assertActive(user);
  const tenant = await deps.tenants(ctx).get(user.personalTenantId);
  const opening = { userId, activeTenantId: user.personalTenantId, label: data.label, at: deps.clock.now() };
  const session = await deps.sessions(ctx).create(
    data.sessionId,
    () => openSession(opening),
    (state) => state,
  );
  return { user, tenant, session };
}

function registering({ accounts, clock, newId }: Deps, ctx: Context, data: Data): Promise<SignedIn> {
  const { persona, sessionId, label } = data;
  const [userId, tenantId, at] = [newId<'User'>(), newId<'Tenant'>(), clock.now()];
  const user = registerPersona(persona, { userId, personalTenantId: tenantId, at });
  return accounts.register(ctx, {
    link: `demo:${persona}`,
    userId,
    user,
    tenantId,
    tenant: openPersonal({ tenantId, ownerId: userId, name: user.state.displayName, slug: persona, at }),
    sessionId,
    session: openSession({ userId, activeTenantId: tenantId, label, at }),
  });
}

async function signIn(deps: Deps, ctx: Context, data: Data): Promise<SignedIn> {
  const known = await returning(deps, ctx, data);
  if (known) return known;
  try {
    return await registering(deps, ctx, data);
  } catch (error) {
    // Two first sign-ins at once: the other one registered the person.
    if (!hasCode(error, storeErrors.DUPLICATE_KEY.code)) throw error;
    const winner = await returning(deps, ctx, data);
    if (!winner) throw error;
    return winner;
  }
}

/** Signs a person of the demo in; the first time it registers them with a workspace of their own. */
export const signInDemo =
  (deps: Deps) =>
  async (data: Data, ctx: Context): Promise<ReplyOf<typeof SignInDemo>> => {
    if (!deps.demoSignIn) throw refuse.DEMO_DISABLED();
    // The reply is kept with the command, and a repeated sign-in is another sign-in: it takes no command id.
    const { user, tenant, session } = await signIn(deps, { ...ctx, commandId: undefined }, data);
    return {
      user: userView(user),
      tenant: tenantView(tenant, user.meta.id),
      role: roleOf(tenant, user.meta.id) ?? null,
      session: sessionView(session, data.sessionId),
    };
  };
