import type { Context, Page } from '@gts/kernel';
import { decode, tenantOf } from './documents';
import { storeErrors } from './errors';
import { cursorOf, planOf } from './plan';
import type { CollectionDef, Query, Reader, Stored } from './ports';
import type { DocumentRow, Session, Soon } from './session';

/** Runs one read; in a unit one at a time, outside at once. */
export type Run = <R>(def: CollectionDef, work: (session: Session) => Soon<R>) => Promise<R>;
type Shown = { includeDeleted?: boolean };

/** Reads of one collection in one tenant, over whatever session `run` gives. */
export function readerOver<T>(def: CollectionDef<T>, ctx: Context, run: Run): Reader<T> {
  const any = def as CollectionDef;
  const load = (id: string, options?: Shown) =>
    run(any, async (session) => visible(await session.documents.load(any, tenantOf(any, ctx), String(id)), options));
  return {
    find: async (id, options) => {
      const row = await load(id, options);
      return row && decode(def, row);
    },
    get: async (id, options) => {
      const row = await load(id, options);
      if (!row) throw storeErrors.NOT_FOUND(def.name, id);
      return decode(def, row);
    },
    query: (query) => run(any, (session) => page(def, ctx, { query, session })),
  };
}

const visible = (row: DocumentRow | undefined, options: Shown | undefined): DocumentRow | undefined =>
  row && (row.deletedAt === null || options?.includeDeleted) ? row : undefined;

type Ask = Readonly<{ query: Query; session: Session }>;

async function page<T>(def: CollectionDef<T>, ctx: Context, { query, session }: Ask): Promise<Page<Stored<T>>> {
  const any = def as CollectionDef;
  const tenant = tenantOf(any, ctx);
  const plan = planOf(any, tenant, query);
  const rows = await session.documents.select(any, tenant, { ...plan, limit: plan.limit + 1 });
  const shown = rows.slice(0, plan.limit);
  const last = rows.length > plan.limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ row }) => decode(def, row)),
    next: last ? cursorOf(any, tenant, { plan, keys: last.keys }) : null,
  };
}
