import { type Context, GUEST, SYSTEM_TENANT } from '@gts/kernel';
import { currentTraceparent } from '@gts/observability';
import { type Caller, isSignedIn } from '../application/caller';
import { commandIdOf } from '../application/command-id';
import type { Ports } from '../application/ports';
import type { Route } from '../application/route';
import { scopesOf } from '../application/scopes';

const DEADLINE_MS = 10_000;

type Given = Readonly<{ route: Route; caller: Caller; idempotencyKey: string | undefined; signal: AbortSignal }>;

/** Who asks, in which workspace, until when: what goes along with every call. */
export async function contextOf({ route, caller, idempotencyKey, signal }: Given, ports: Ports): Promise<Context> {
  const signedIn = isSignedIn(caller) ? caller.principal : undefined;
  const tenantId = signedIn?.tenantId ?? SYSTEM_TENANT;
  const actorId = signedIn?.userId ?? GUEST;
  const changes = route.method !== 'GET' && route.method !== 'HEAD';
  const commandId =
    idempotencyKey === undefined ? ports.newId<'Command'>() : commandIdOf(tenantId, actorId, idempotencyKey);
  return {
    tenantId,
    actor: { kind: 'user', id: actorId },
    scopes: scopesOf(caller),
    correlationId: ports.newId<'Correlation'>(),
    deadline: ports.clock.epochMs() + DEADLINE_MS,
    signal,
    ...(changes ? { commandId } : {}),
    token: await ports.tokens.forCaller(caller),
    traceparent: currentTraceparent(),
  };
}
