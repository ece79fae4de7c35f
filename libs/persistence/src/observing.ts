import type { Context, Decision } from '@gts/kernel';
import type { Repositories, Repository, Store, Stored } from './ports';
import { retried } from './retry';
import { hasOpenUnit } from './slot';

/** One save of an aggregate, as it is about to be committed. */
export type Change<S> = Readonly<
  | { kind: 'create' | 'restore'; id: string; before?: undefined; after: S }
  | { kind: 'update'; id: string; before: S; after: S }
  | { kind: 'delete'; id: string; before: S; after?: undefined }
>;
export type Observe<S> = (change: Change<S>, ctx: Context) => Promise<void>;

/**
 * Repositories that tell every save, inside its unit: for counters and lists that must never differ from what they
 * count. What `observe` throws aborts the save.
 */
export const observing =
  <S, E>(store: Store, inner: Repositories<S, E>, observe: Observe<S>): Repositories<S, E> =>
  (ctx) => {
    const within = <R>(work: Within<S, E, R>): Promise<R> => {
      const unit = () =>
        store.transaction(ctx, ({ ctx: unitCtx }) => work(inner(unitCtx), (change) => observe(change, unitCtx)));
      return hasOpenUnit(ctx) ? unit() : retried(unit);
    };
    return { ...inner(ctx), ...watched(within) };
  };

type Tell<S> = (change: Change<S>) => Promise<void>;
type Within<S, E, R> = (inner: Repository<S, E>, tell: Tell<S>) => Promise<R>;
type Run<S, E> = <R>(work: Within<S, E, R>) => Promise<R>;

const watched = <S, E>(within: Run<S, E>): Omit<Repository<S, E>, 'get' | 'find' | 'query'> => ({
  create: (id, decide, reply) =>
    within(async (inner, tell) => {
      const decision = decide();
      await tell({ kind: 'create', id, after: decision.state });
      return inner.create(id, () => decision, reply);
    }),
  update: (id, decide, ...rest) =>
    within(async (inner, tell) => {
      const seen = noting(decide);
      const answer = await inner.update(id, seen.decide, ...rest);
      for (const { before, after } of seen.saves) await tell({ kind: 'update', id, before, after });
      return answer;
    }),
  delete: (id, decide, options) =>
    within(async (inner, tell) => {
      const removed: S[] = [];
      const noted = (state: Stored<S>) => (removed.push(state), decide(state));
      await inner.delete(id, noted, options);
      for (const before of removed) await tell({ kind: 'delete', id, before });
    }),
  restore: (id, decide, reply) =>
    within(async (inner, tell) => {
      const seen = noting(decide);
      const answer = await inner.restore(id, seen.decide, reply);
      for (const { after } of seen.saves) await tell({ kind: 'restore', id, after });
      return answer;
    }),
});

type Decide<S, E> = (state: Stored<S>) => Decision<S, E>;

/** The same decision, and a list of what it was made of and came to. */
function noting<S, E>(decide: Decide<S, E>) {
  const saves: { before: S; after: S }[] = [];
  const noted: Decide<S, E> = (before) => {
    const decision = decide(before);
    saves.push({ before, after: decision.state });
    return decision;
  };
  return { saves, decide: noted };
}
