import type { DataOf, GetGear, GetGearModel, GetGearModels, ListGearTags, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { type DocumentMeta, storeErrors } from '@gts/persistence';
import { refuse } from '../domain/errors';
import type { Deps } from './ports';
import { gearView, modelView } from './views';
import { findGear, findModel } from './visible';

function assertFresh(collection: string, { eventSeq }: DocumentMeta, minEventSeq = 0): void {
  if (eventSeq < minEventSeq) throw storeErrors.PROJECTION_LAG(collection);
}

export const getGear =
  (deps: Deps) =>
  async ({ idOrSlug, minEventSeq }: DataOf<typeof GetGear>, ctx: Context): Promise<ReplyOf<typeof GetGear>> => {
    const shown = await findGear(deps, ctx, idOrSlug);
    if (!shown) throw refuse.GEAR_NOT_FOUND();
    assertFresh('gear', shown.gear.meta, minEventSeq);
    return gearView(shown);
  };

export const getGearModel =
  (deps: Deps) =>
  async (
    { gearModelId, minEventSeq }: DataOf<typeof GetGearModel>,
    ctx: Context,
  ): Promise<ReplyOf<typeof GetGearModel>> => {
    const shown = await findModel(deps, ctx, gearModelId);
    if (!shown) throw refuse.GEAR_MODEL_UNKNOWN();
    assertFresh('gear_models', shown.model.meta, minEventSeq);
    return modelView(shown);
  };

/** For other contexts: what the workspace cannot see is left out. */
export const getGearModels =
  (deps: Deps) =>
  async ({ gearModelIds }: DataOf<typeof GetGearModels>, ctx: Context): Promise<ReplyOf<typeof GetGearModels>> => {
    const items = [];
    for (const gearModelId of new Set(gearModelIds)) {
      const shown = await findModel(deps, ctx, gearModelId);
      if (shown) items.push(modelView(shown));
    }
    return { items };
  };

export const listGearTags =
  ({ labels }: Deps) =>
  async ({ kind, limit, cursor }: DataOf<typeof ListGearTags>, ctx: Context): Promise<ReplyOf<typeof ListGearTags>> => {
    const { items, next } = await labels.page(ctx, { kind, limit, cursor });
    return { items: items.map(({ id, ...each }) => ({ id: id as never, ...each })), next };
  };
