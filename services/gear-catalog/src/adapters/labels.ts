import type { NewId } from '@gts/kernel';
import type { Store, Unit } from '@gts/persistence';
import type { LabelKind, Labels } from '../application/ports';
import type { Label } from '../domain/gear';
import { slugOf } from '../domain/slug';
import { tagCollection } from './collections';

/** The tag or make of this name, made when it is new; units of one store come one after another. */
export async function labelIn(
  unit: Unit,
  { kind, name }: { kind: LabelKind; name: string },
  newId: NewId,
): Promise<Label> {
  const slug = slugOf(name);
  const tags = unit.collection(tagCollection);
  const { items } = await tags.query({ index: 'byKind', where: { kind, slug }, limit: 1 });
  const [known] = items;
  if (known) return { id: known.meta.id as Label['id'], name: known.name, slug };
  const id = newId<'GearTag'>();
  await tags.insert(id, { kind, name, slug });
  return { id, name, slug };
}

/** Several tags; names with one slug are one tag. */
export async function tagsIn(unit: Unit, names: readonly string[], newId: NewId): Promise<readonly Label[]> {
  const found = new Map<string, Label>();
  for (const name of names) {
    const label = await labelIn(unit, { kind: 'tag', name }, newId);
    found.set(label.id, label);
  }
  return [...found.values()];
}

export const labels = (store: Store): Labels => ({
  page: async (ctx, { kind, limit, cursor: after }) => {
    const query = kind ? { index: 'byKind', where: { kind } } : { index: 'bySlug' };
    const { items, next } = await store.collection(tagCollection, ctx).query({ ...query, limit, after });
    return { items: items.map(({ meta, ...label }) => ({ id: meta.id, ...label })), next };
  },
});
