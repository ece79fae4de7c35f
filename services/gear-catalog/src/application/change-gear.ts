import type { DataOf, DeleteGear, ReplyOf, UpdateGear } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { assertOwn } from '../domain/gear';
import type { Deps } from './ports';
import { gearView } from './views';
import { findGear } from './visible';

async function assertChangeable(deps: Deps, ctx: Context, gearId: string) {
  const shown = await findGear(deps, ctx, gearId);
  if (!shown) throw refuse.GEAR_NOT_FOUND();
  assertOwn(shown.gear);
  return shown.gear;
}

export const updateGear =
  (deps: Deps) =>
  async (data: DataOf<typeof UpdateGear>, ctx: Context): Promise<ReplyOf<typeof UpdateGear>> => {
    const { gearId, expectedVersion, licence: asked, name, description, makeName, tags: tagNames } = data;
    const { licence: old } = await assertChangeable(deps, ctx, gearId);
    const attribution = asked?.attribution === undefined ? old.attribution : (asked.attribution ?? undefined);
    const terms = asked && { code: asked.code, raw: asked.code, ...(attribution && { attribution }) };
    const change = { name, description, makeName, tagNames, licence: terms };
    return deps.catalogue.change(ctx, { gearId, change, expectedVersion }, gearView);
  };

export const deleteGear =
  (deps: Deps) =>
  async ({ gearId, expectedVersion }: DataOf<typeof DeleteGear>, ctx: Context): Promise<Record<string, never>> => {
    await assertChangeable(deps, ctx, gearId);
    await deps.catalogue.remove(ctx, { gearId, expectedVersion });
    return {};
  };
