import type { Context } from '@gts/kernel';
import { storeErrors } from './errors';
import type { UnitCore } from './unit-core';

/** Own enumerable symbols: `{...ctx, tenantId}` keeps them, JSON and logs do not show them. */
const unitSlot: unique symbol = Symbol.for('gts.unit') as never;
const commandSlot: unique symbol = Symbol.for('gts.command') as never;

/** What the reply of a command is filed under; the request's digest tells a repetition from another request. */
export type CommandRef = Readonly<{ name: string; requestDigest: string }>;
type Slots = { readonly [unitSlot]?: UnitCore; readonly [commandSlot]?: CommandRef };

export const coreOf = (ctx: Context): UnitCore | undefined => (ctx as Slots)[unitSlot];
export const commandOf = (ctx: Context): CommandRef | undefined => (ctx as Slots)[commandSlot];
export const carrying = (ctx: Context, core: UnitCore): Context => ({ ...ctx, [unitSlot]: core }) as Context;
export const asCommand = (ctx: Context, command: CommandRef): Context =>
  ({ ...ctx, [commandSlot]: command }) as Context;

/** Whether work under this ctx runs inside an open unit. */
export const hasOpenUnit = (ctx: Context): boolean => coreOf(ctx)?.open ?? false;

/**
 * Guards everything that is not the store: rpc, publishing, files.
 * @throws STORE.FOREIGN_AWAIT_IN_UNIT when ctx carries an open unit
 */
export function assertNoUnit(ctx: Context, what: string): void {
  if (hasOpenUnit(ctx)) throw storeErrors.FOREIGN_AWAIT_IN_UNIT(what);
}
