import type { DataOf, OperatorVerbs as Verbs, ReplyOf } from '@gts/contracts';
import type { Context, SagaId } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import { sagaErrors } from './errors';
import type { SagaHost } from './host';
import type { OperatorVerb } from './instance';
import { type SagaDetail, type SagaSummary, summaryOf } from './operator-verbs';
import { sagaRows } from './rows';

type SagaVerb = 'ListSagas' | 'ShowSaga' | 'RetrySaga' | 'CancelSaga' | 'AbortSaga' | 'SkipSagaUndo';
/** Handlers of the operator verbs about sagas, by name; the rpc server checks permission `ops`. */
export type SagaOperations = {
  readonly [V in SagaVerb]: (data: DataOf<Verbs[V]>, ctx: Context) => Promise<ReplyOf<Verbs[V]>>;
};
type Order = DataOf<Verbs['RetrySaga']>;

const detail = ({ armed, timeline, ...rest }: SagaDetail) => ({ ...rest, armed: [...armed], timeline: [...timeline] });

async function list(store: Store, data: DataOf<Verbs['ListSagas']>, ctx: Context) {
  const { type, state, limit, cursor: after } = data;
  const where = { ...(type !== undefined && { type }), ...(state !== undefined && { state }) };
  const index = `by${type === undefined ? '' : 'Type'}${state === undefined ? '' : 'State'}Start`;
  const page = await store.collection(sagaRows, ctx).query({ index, where, order: 'desc', limit, after });
  const items: SagaSummary[] = page.items.map(summaryOf);
  return { items, next: page.next };
}

/** The operator verbs of a service over its sagas. */
export function sagaOperations(hosts: readonly SagaHost[], { store }: { store: Store }): SagaOperations {
  const hostOf = async (id: string, ctx: Context): Promise<SagaHost> => {
    const row = await store.collection(sagaRows, ctx).find(id);
    const host = hosts.find((each) => each.definition.type === row?.type);
    if (!host) throw sagaErrors.NOT_FOUND(id);
    return host;
  };
  const verb =
    (name: OperatorVerb) =>
    async ({ id, reason }: Order, ctx: Context) => {
      const host = await hostOf(id, ctx);
      return detail(await host.operator[name]({ sagaId: id as SagaId, reason }, ctx));
    };
  return {
    ListSagas: (data, ctx) => list(store, data, ctx),
    ShowSaga: async ({ id }, ctx) => detail(await (await hostOf(id, ctx)).operator.show(id as SagaId, ctx)),
    RetrySaga: verb('retry'),
    CancelSaga: verb('cancel'),
    AbortSaga: verb('abort'),
    SkipSagaUndo: verb('skip'),
  };
}
