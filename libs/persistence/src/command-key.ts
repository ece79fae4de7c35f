import type { Context } from '@gts/kernel';
import { storeErrors } from './errors';
import type { CommandKey } from './session';

/** Under what the reply of a command is kept. @throws STORE.TENANT_SCOPE_MISSING without a command id or tenant */
export function keyOf(ctx: Context): CommandKey {
  if (!ctx.tenantId || !ctx.commandId) throw storeErrors.TENANT_SCOPE_MISSING('commands');
  return { tenant: ctx.tenantId, actor: `${ctx.actor.kind}:${ctx.actor.id}`, commandId: ctx.commandId };
}
