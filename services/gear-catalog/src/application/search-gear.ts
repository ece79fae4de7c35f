import { createHash } from 'node:crypto';
import type { DataOf, GearView, ReplyOf, SearchGear } from '@gts/contracts';
import { canonicalJson, type Context } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { refuse } from '../domain/errors';
import { wantedBy } from '../domain/search-terms';
import { merged } from './merge';
import type { Deps, Found } from './ports';
import { gearView } from './views';
import { places, shownGear } from './visible';

type Data = DataOf<typeof SearchGear>;
type Row = Pick<Found, 'gearId'> & Readonly<{ includeDeleted: boolean }>;

/** A cursor holds the last sort key and is bound to everything that decides which rows come. */
function sealOf(ctx: Context, data: Data): string {
  const { limit: _limit, cursor: _cursor, ...search } = data;
  const bound = canonicalJson([ctx.tenantId, search]);
  return createHash('sha256').update(bound).digest('base64url').slice(0, 22);
}

function startOf(cursor: string | undefined, seal: string): string | undefined {
  if (cursor === undefined) return undefined;
  const [key, own] = Buffer.from(cursor, 'base64url').toString().split('\n');
  if (key === undefined || own !== seal) throw storeErrors.INVALID_CURSOR();
  return key;
}

async function viewOf(deps: Deps, place: Context, { gearId, includeDeleted }: Row): Promise<GearView | undefined> {
  const gear = await deps.gears(place).find(gearId, { includeDeleted });
  return gear && gearView(await shownGear(deps, place, { gear, includeDeleted }));
}

/** Own gear and the platform's in one order; the most selective filter is served by an index. */
export const searchGear =
  (deps: Deps) =>
  async (data: Data, ctx: Context): Promise<ReplyOf<typeof SearchGear>> => {
    const { limit, cursor, sort, includeDeleted = false, ...filters } = data;
    if (includeDeleted && !ctx.scopes.includes('ops')) throw refuse.OPERATORS_ONLY();
    const seal = sealOf(ctx, data);
    const search = { wanted: wantedBy(filters), sort, after: startOf(cursor, seal), includeDeleted };
    const sources = places(ctx).map((place) => deps.index.rows(place, search));
    const items: GearView[] = [];
    let last: string | undefined;
    for await (const found of merged(sources, sort === 'name' ? 'asc' : 'desc')) {
      if (items.length === limit) return { items, next: Buffer.from(`${last}\n${seal}`).toString('base64url') };
      const view = await viewOf(deps, { ...ctx, tenantId: found.tenantId }, { ...found, includeDeleted });
      if (view) items.push(view);
      last = found.key;
    }
    return { items, next: null };
  };
