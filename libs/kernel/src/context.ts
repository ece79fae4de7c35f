import { type SagaId, SYSTEM_TENANT, type TenantId } from './ids';

export type Actor = Readonly<{ kind: 'user' | 'service' | 'saga'; id: string }>;

/** Which step of which saga a command, an undo or its outcome belongs to; `epoch` fences late ones. */
export type SagaRef = Readonly<{ id: SagaId; type: string; step: string; epoch: number }>;

/**
 * What every use case knows about its caller; passed on, never ambient.
 * `deadline` is milliseconds since 1970; `commandId` makes a command repeatable; `token` is the internal
 * token to forward in calls that the same user causes. Libraries attach an open unit to the object itself.
 */
export type Context = Readonly<{
  tenantId: TenantId;
  actor: Actor;
  scopes: readonly string[];
  correlationId: string;
  deadline: number;
  causationId?: string | undefined;
  signal?: AbortSignal | undefined;
  commandId?: string | undefined;
  token?: string | undefined;
  traceparent?: string | undefined;
  saga?: SagaRef | undefined;
}>;

/** The actor id of somebody who is not signed in. */
export const GUEST = 'guest';

export const isGuest = (ctx: Context): boolean => ctx.actor.kind === 'user' && ctx.actor.id === GUEST;

/** The last millisecond that a date can have. */
const NEVER = 8.64e15;

/** The caller of what a process does on behalf of nobody. */
export const serviceContext = (id: string, correlationId: string, deadline = NEVER): Context => ({
  tenantId: SYSTEM_TENANT,
  actor: { kind: 'service', id },
  scopes: [],
  correlationId,
  deadline,
});
