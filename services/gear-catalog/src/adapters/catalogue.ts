import { WORKSPACE_LIMITS } from '@gts/contracts';
import type { Context, NewId } from '@gts/kernel';
import { type Store, type Stored, sumOf, type Unit } from '@gts/persistence';
import type { Catalogue, Deps, NamedChange, NewGear } from '../application/ports';
import { shownGear } from '../application/visible';
import { refuse } from '../domain/errors';
import { addGear, changeGear, type Gear, type GearChange, removeGear } from '../domain/gear';
import { addModel, type GearModel, removeModel } from '../domain/gear-model';
import { slugChoice, slugOf } from '../domain/slug';
import { countCollection, gearCollection, keptCollection, stagedCollection } from './collections';
import { labelIn, tagsIn } from './labels';
import { searchCollection, searchRow } from './search-rows';

type Needs = Pick<Deps, 'gears' | 'models' | 'uses'> & Readonly<{ store: Store; newId: NewId }>;
const COUNT = 'all';
const { gear: MOST_GEAR } = WORKSPACE_LIMITS;
const same = <T>(state: T): T => state;

/** Numbers that are tried before one that nobody counts: gear of one name may be thousands. */
const NUMBERED = 3;
const SUFFIX = 12;

async function freeSlug(unit: Unit, name: string, gearId: string): Promise<string> {
  const gear = unit.collection(gearCollection);
  const numbered = Array.from({ length: NUMBERED }, (_, n) => slugChoice(slugOf(name), n + 1));
  const where = { slug: { in: numbered } };
  const { items } = await gear.query({ index: 'bySlug', where, limit: NUMBERED });
  const taken = new Set(items.map(({ slug }) => slug));
  return numbered.find((slug) => !taken.has(slug)) ?? `${slugOf(name)}-${gearId.slice(-SUFFIX)}`;
}

/** Gear that is older than its count; it is counted before it is added and after it was removed. */
const uncounted = async (unit: Unit, delta: 1 | -1): Promise<number> =>
  (await sumOf({ rows: unit.collection(gearCollection), index: 'bySlug' })) - Math.min(0, delta);

async function count(unit: Unit, delta: 1 | -1): Promise<void> {
  const counts = unit.collection(countCollection);
  const gear = ((await counts.find(COUNT))?.gear ?? (await uncounted(unit, delta))) + delta;
  if (delta > 0 && gear > MOST_GEAR) throw refuse.LIMIT_REACHED(MOST_GEAR);
  await counts.put(COUNT, { gear: Math.max(0, gear) });
}

async function complete(unit: Unit, added: NewGear, newId: NewId): Promise<Gear> {
  const { gear, makeName, tagNames } = added;
  const make = makeName === undefined ? null : await labelIn(unit, { kind: 'make', name: makeName }, newId);
  const tags = await tagsIn(unit, tagNames, newId);
  const slug = await freeSlug(unit, gear.name, added.gearId);
  return { ...gear, slug, make, tags, sourceKey: `${gear.source.name}:${gear.source.recordId}` };
}

type Saved = Readonly<{ gear: Stored<Gear>; models: readonly Stored<GearModel>[] }>;

async function index(unit: Unit, { gear, models }: Saved, useCount = 0): Promise<void> {
  const sha256s = models.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
  await unit.collection(searchCollection).put(gear.meta.id, searchRow({ gear, meta: gear.meta, sha256s }, useCount));
}

async function add({ gears, models, newId }: Needs, unit: Unit, added: NewGear): Promise<Saved> {
  const { gearId, gearModelId, file, inspection, staged } = added;
  await count(unit, 1);
  const state = await complete(unit, added, newId);
  const gear = await gears(unit.ctx).create(gearId, () => addGear(gearId, state), same);
  const adding = { gearModelId, gearId, gear: state, file, inspection };
  const model = await models(unit.ctx).create(gearModelId, () => addModel(adding), same);
  await index(unit, { gear, models: [model] });
  await unit.collection(keptCollection).put(file.sha256, { since: await unit.now() });
  if (staged !== undefined) await unit.collection(stagedCollection).delete(staged);
  return { gear, models: [model] };
}

async function named(unit: Unit, change: NamedChange, newId: NewId): Promise<GearChange> {
  const { makeName, tagNames, ...plain } = change;
  const make =
    makeName === undefined || makeName === null
      ? makeName
      : await labelIn(unit, { kind: 'make', name: makeName }, newId);
  return { ...plain, make, tags: tagNames && (await tagsIn(unit, tagNames, newId)) };
}

const useCountOf = (uses: ReadonlyMap<string, number>): number =>
  [...uses.values()].reduce((sum, each) => sum + each, 0);

async function modelIdsOf({ models }: Needs, ctx: Context, gearId: string) {
  const { items } = await models(ctx).query({ index: 'byGear', where: { gearId }, limit: 100 });
  return items.map(({ meta }) => meta.id as NewGear['gearModelId']);
}

/** Gear, models, labels and search index change together: the explicit transactions of this context. */
export const catalogue = (deps: Needs): Catalogue => ({
  add: (ctx, added, reply) =>
    deps.store.transaction(ctx, async (unit) => reply({ ...(await add(deps, unit, added)), uses: new Map() })),
  change: (ctx, { gearId, change, expectedVersion }, reply) =>
    deps.store.transaction(ctx, async (unit) => {
      const decide = changeGear(gearId, await named(unit, change, deps.newId));
      const gear = await deps.gears(unit.ctx).update(gearId, decide, same, { expectedVersion });
      const shown = await shownGear(deps, unit.ctx, { gear });
      await index(unit, shown, useCountOf(shown.uses));
      return reply(shown);
    }),
  remove: (ctx, { gearId, expectedVersion }) =>
    deps.store.transaction(ctx, async (unit) => {
      await deps.gears(unit.ctx).delete(gearId, removeGear(gearId), { expectedVersion });
      for (const id of await modelIdsOf(deps, unit.ctx, gearId))
        await deps.models(unit.ctx).delete(id, removeModel(id));
      await unit.collection(searchCollection).delete(gearId);
      await count(unit, -1);
    }),
});
