import type { DataOf, ProgressDef, ReplyOf, RpcDef } from '@gts/contracts';
import type { Context } from '@gts/kernel';

/** Asks another context. @throws the callee's error; BUS.NO_RESPONDERS, BUS.TIMEOUT, BUS.DISCONNECTED, BUS.OVERLOADED */
export interface RpcClient {
  call<D extends RpcDef>(def: D, data: DataOf<D>, ctx: Context): Promise<ReplyOf<D>>;
}

/** Percentages for people: at most 4 a second an aggregate, latest wins, loss costs nothing. */
export interface ProgressReporter {
  report<D extends ProgressDef>(def: D, aggregateId: string, data: DataOf<D>, ctx: Context): void;
}

const replayed = new WeakSet<Context>();

/** The client's note that a reply under this context was a stored one (`Gts-Replayed`). */
export const noteReplayed = (ctx: Context): void => void replayed.add(ctx);

/** Whether a command under exactly this context object was answered with its stored reply. */
export const wasReplayed = (ctx: Context): boolean => replayed.has(ctx);
