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
