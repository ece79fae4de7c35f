import type { Context } from '@gts/kernel';
import { keyOf } from './command-key';
import { storeErrors } from './errors';
import { commandOf } from './slot';
import type { UnitCore } from './unit-core';

/** Stores the reply of the command that this unit carries out, in the unit itself. */
export async function commandRow(core: UnitCore, reply: unknown): Promise<void> {
  const { ctx } = core.life;
  if (!ctx.commandId || !ctx.tenantId || core.reply || (core.writes === 0 && !core.answers)) return;
  const command = commandOf(ctx) ?? { name: '', requestDigest: '' };
  await core.session.commands.insert(keyOf(ctx), { ...command, reply }, { nowMs: await core.session.nowMs() });
}

/** One command, one writing unit: remembers the contexts whose command is answered. */
export function secondUnits() {
  const answered = new WeakSet<Context>();
  return {
    refuse(ctx: Context): void {
      if (answered.has(ctx)) throw storeErrors.SECOND_UNIT();
    },
    note({ life: { ctx }, writes }: UnitCore): void {
      if (ctx.commandId && writes > 0) answered.add(ctx);
    },
  };
}
