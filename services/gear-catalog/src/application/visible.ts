import { type Context, SYSTEM_TENANT } from '@gts/kernel';
import type { Stored } from '@gts/persistence';
import type { Gear } from '../domain/gear';
import type { Deps } from './ports';
import type { ShownGear, ShownModel } from './shown';

type Needs = Pick<Deps, 'gears' | 'models' | 'uses'>;
type Options = Readonly<{ gear: Stored<Gear>; includeDeleted?: boolean }>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const asSystem = (ctx: Context): Context => ({ ...ctx, tenantId: SYSTEM_TENANT });

/** Where a caller may look: the own workspace, then the platform's. */
export const places = (ctx: Context): readonly Context[] =>
  ctx.tenantId === SYSTEM_TENANT ? [ctx] : [ctx, asSystem(ctx)];

/** Gear of one place with its models and how often they are used. */
export async function shownGear(deps: Needs, place: Context, { gear, ...options }: Options) {
  const where = { gearId: gear.meta.id };
  const { items: models } = await deps.models(place).query({ index: 'byGear', where, limit: 100, ...options });
  const ids = models.map((each) => each.meta.id);
  return { gear, models, uses: await deps.uses.counts(place, ids) };
}

async function gearAt({ gears }: Needs, place: Context, idOrSlug: string): Promise<Stored<Gear> | undefined> {
  if (UUID.test(idOrSlug)) return gears(place).find(idOrSlug);
  const { items } = await gears(place).query({ index: 'bySlug', where: { slug: idOrSlug }, limit: 1 });
  return items[0];
}

/** Gear that the caller may see, by id or slug; own gear wins a slug. */
export async function findGear(deps: Needs, ctx: Context, idOrSlug: string): Promise<ShownGear | undefined> {
  for (const place of places(ctx)) {
    const gear = await gearAt(deps, place, idOrSlug);
    if (gear) return shownGear(deps, place, { gear });
  }
  return undefined;
}

/** A model that the caller may see, with its gear. */
export async function findModel(deps: Needs, ctx: Context, gearModelId: string): Promise<ShownModel | undefined> {
  for (const place of places(ctx)) {
    const model = await deps.models(place).find(gearModelId);
    const gear = model && (await deps.gears(place).find(model.gearId));
    if (!model || !gear) continue;
    const useCount = (await deps.uses.counts(place, [gearModelId])).get(gearModelId) ?? 0;
    return { model, gear, useCount };
  }
  return undefined;
}
