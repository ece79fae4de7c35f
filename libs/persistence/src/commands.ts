import { canonicalJson, type Context, isDomainError } from '@gts/kernel';
import { commandErrors } from './errors';
import type { CommandRow, Store } from './ports';
import { asCommand, type CommandRef } from './slot';

export type CommandOutcome<R> = Readonly<{ reply: R; replayed: boolean }>;

/**
 * Carries out a command that may be repeated: what was answered once is answered again, without running it.
 * Pass the given ctx on to the use case, whose unit stores the reply with its effects.
 * Without a command id, or without a workspace, the handler just runs.
 * @throws BUS.COMMAND_ID_REUSED when the id belongs to another request
 */
export async function runCommand<R>(
  { store, ctx, command }: { store: Store; ctx: Context; command: CommandRef },
  handler: (ctx: Context) => Promise<R>,
): Promise<CommandOutcome<R>> {
  if (!ctx.commandId || !ctx.tenantId) return { reply: await handler(ctx), replayed: false };
  const before = await store.commands.find(ctx);
  if (before) return replay<R>(before, command);
  try {
    const reply = await handler(asCommand(ctx, command));
    await confirm({ store, ctx, command }, reply);
    return { reply, replayed: false };
  } catch (error) {
    // Lost the race: the other run's row is there, and it alone had an effect. A loser may also have been refused by
    // what the winner changed (a state, a unique value of its own), so every refusal looks for the row.
    const winner = isDomainError(error) ? await store.commands.find(ctx) : undefined;
    if (winner) return replay<R>(winner, command);
    throw error;
  }
}

function replay<R>(row: CommandRow, { name, requestDigest }: CommandRef): CommandOutcome<R> {
  if (row.requestDigest !== requestDigest || row.name !== name) throw commandErrors.COMMAND_ID_REUSED();
  return { reply: row.reply as R, replayed: true };
}

/** A use case that answers more than its unit returned: the row takes the answer that the caller really got. */
async function confirm<R>(of: { store: Store; ctx: Context; command: CommandRef }, reply: R): Promise<void> {
  const row = await of.store.commands.find(of.ctx);
  if (!row || sameJson(row.reply, reply)) return;
  await of.store.commands.amend(of.ctx, { ...of.command, reply });
}

const sameJson = (a: unknown, b: unknown): boolean =>
  a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
