import type { Context, Id, MessageId, TenantId } from '@gts/kernel';
import { z } from 'zod';
import { collection } from '../collection';
import type { NewOutboxRow, Store } from '../ports';

const ctxOf = (tenant: string): Context => ({
  tenantId: tenant as TenantId,
  actor: { kind: 'user', id: 'ada' as Id<'User'> },
  scopes: [],
  correlationId: 'suite',
  deadline: Number.MAX_SAFE_INTEGER,
});
export const A = ctxOf('tenant-a');
export const B = ctxOf('tenant-b');

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]).optional();
/** Loose on purpose: the store must carry every JSON value. */
export const things = collection('things', {
  schema: z.looseObject({ n: z.number().optional(), slug: z.string().nullish(), a: scalar, b: scalar }),
  scope: 'tenant',
  softDelete: true,
  purgeAfter: '30d',
  indexes: {
    byAB: { fields: ['a', 'b'] },
    bySlug: { fields: ['slug'], unique: true },
    byTag: { has: 'tags', fields: ['a'] },
    byName: { fields: [{ name: 'title', normalise: 'nfkc-lower' }] },
    byAge: { fields: ['createdAt'] },
  },
});

export const message = (n: number, part: Partial<NewOutboxRow> = {}): NewOutboxRow => ({
  id: `m${String(n).padStart(4, '0')}` as MessageId,
  tenantId: A.tenantId,
  stream: 'EVT_X',
  subject: 'x',
  headers: { h: 'v' },
  body: Uint8Array.from([1, 2, 255]),
  partition: 3,
  orderKey: `Thing/${n}`,
  orderSeq: 1,
  ...part,
});

export const code = (name: string) => expect.objectContaining({ code: `STORE.${name}` }) as Error;

// oxlint-disable-next-line eslint/max-params -- the tenant is nearly always A
export const insert = (store: Store, id: string, document: Record<string, unknown>, ctx = A) =>
  store.transaction(ctx, (unit) => unit.collection(things).insert(id, document));
export const idsOf = (page: { items: readonly { meta: { id: string } }[] }) => page.items.map(({ meta }) => meta.id);

/** A small generator of its own (mulberry32), so that a red run can be repeated. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
