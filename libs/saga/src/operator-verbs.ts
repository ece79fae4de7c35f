import type { Context, Page, SagaId } from '@gts/kernel';
import type { AnySaga } from './definition';
import { sagaErrors } from './errors';
import type { HostDeps } from './host-types';
import { advance, definitionFor, sagaById } from './host-unit';
import { type OperatorVerb, type SagaInstance } from './instance';
import { auditRows, type SagaRow, sagaRows } from './rows';

/** A saga in a list: no data of the person who started it. */
export type SagaSummary = Readonly<{
  id: SagaId;
  type: string;
  tenantId: string;
  key: string;
  state: SagaInstance['state'];
  step: string | undefined;
  undoing: boolean;
  attempt: number;
  why: string | undefined;
  startedAt: string;
  progressAt: string;
}>;
export type SagaDetail = SagaSummary & Readonly<Pick<SagaInstance, 'epoch' | 'armed' | 'timeline'>>;
type Listing = Readonly<{ state?: SagaInstance['state']; limit?: number; after?: string | undefined }>;
type Order = Readonly<{ sagaId: SagaId; reason: string }>;

export type OperatorVerbs = Readonly<{
  list(listing: Listing, ctx: Context): Promise<Page<SagaSummary>>;
  /** @throws SAGA.NOT_FOUND */
  show(sagaId: SagaId, ctx: Context): Promise<SagaDetail>;
}> &
  Readonly<Record<OperatorVerb, (order: Order, ctx: Context) => Promise<SagaDetail>>>;

/** What a list shows of a saga. */
export function summaryOf({ instance, startedAt }: SagaRow): SagaSummary {
  const { id, type, tenantId, key, state, pending, waitingRetry, why, progressAt } = instance;
  const at = pending ?? waitingRetry;
  return {
    id,
    type,
    tenantId,
    key,
    state,
    step: at?.step,
    undoing: at?.undo ?? false,
    attempt: at?.attempt ?? 0,
    why: why?.code,
    startedAt,
    progressAt,
  };
}

const detailOf = (row: SagaRow): SagaDetail => {
  const { epoch, armed, timeline } = row.instance;
  return { ...summaryOf(row), epoch, armed, timeline };
};

async function intervene(definition: AnySaga, deps: HostDeps, at: Order & { verb: OperatorVerb; ctx: Context }) {
  const { sagaId, reason, verb, ctx } = at;
  return deps.store.transaction(ctx, async (unit) => {
    const row = await sagaById(unit, sagaId);
    if (row?.type !== definition.type) throw sagaErrors.NOT_FOUND(sagaId);
    definitionFor(definition, deps, row.instance);
    const actor = `${ctx.actor.kind}:${ctx.actor.id}`;
    const impulse = { type: 'operator', verb, reason, actor } as const;
    const instance = await advance(definition, deps, { unit, ctx, row, impulse, origin: row.origin });
    const now = await unit.now();
    await unit
      .collection(auditRows)
      .insert(deps.newId<'Audit'>(), { sagaId, tenantId: row.tenantId, verb, reason, actor, at: now });
    return detailOf({ ...row, instance: { ...instance } });
  });
}

/** What operators see and do; every intervention leaves an audit row in the unit of its effect. */
export function operatorVerbs(definition: AnySaga, deps: HostDeps): OperatorVerbs {
  const verb = (name: OperatorVerb) => (order: Order, ctx: Context) =>
    intervene(definition, deps, { ...order, verb: name, ctx });
  return {
    async list({ state, limit = 50, after }, ctx) {
      const { type } = definition;
      const index = state
        ? { index: 'byTypeStateStart', where: { type, state } }
        : { index: 'byTypeStart', where: { type } };
      const page = await deps.store.collection(sagaRows, ctx).query({ ...index, order: 'desc', limit, after });
      return { items: page.items.map(summaryOf), next: page.next };
    },
    async show(sagaId, ctx) {
      const row = await deps.store.collection(sagaRows, ctx).find(sagaId);
      if (row?.type !== definition.type) throw sagaErrors.NOT_FOUND(sagaId);
      return detailOf(row);
    },
    retry: verb('retry'),
    skip: verb('skip'),
    cancel: verb('cancel'),
    abort: verb('abort'),
  };
}
