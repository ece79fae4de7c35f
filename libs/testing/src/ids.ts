import type { Actor, Context, Id, NewId, TenantId } from '@gts/kernel';

/** The n-th id of a kind, the same in every run. */
export const anId = <K extends string>(n: number): Id<K> =>
  `00000000-0000-7000-8000-${String(n).padStart(12, '0')}` as Id<K>;

/** Ids 1000, 1001, 1002 …, the same in every run. */
export function countingIds(from = 1000): NewId {
  let next = from;
  return <K extends string>() => anId<K>(next++);
}

export const aUser = (n = 1): Actor => ({ kind: 'user', id: anId<'User'>(n) });

/** The context of an editor in workspace 0, without a deadline to speak of. */
export const aContext = (part: Partial<Context> = {}): Context => ({
  tenantId: anId<'Tenant'>(0) as TenantId,
  actor: aUser(),
  scopes: ['self'],
  correlationId: 'test',
  deadline: 8.64e15,
  ...part,
});
