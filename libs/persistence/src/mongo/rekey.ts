import { durationMs } from '@gts/kernel';
import type { CollectionDef } from '../ports';
import { translated } from './errors';
import { derivedOf, type Kept, rowOf, shapeOf } from './rows';
import { collectionName, names } from './schema';
import { nowMs, reading, rowsIn, type Via } from './via';

const PAGE = 500;
/** As long as replicas of the release before may still write rows in their shape. */
const ROLL_OVER_MS = durationMs('24h');
type Marker = Readonly<{ _id: string; shape: string; at: Date }>;

const markersIn = (via: Via) => rowsIn<Marker>(via, names.store);
const markerOf = (def: CollectionDef): string => `shape/${def.name}`;

/** Which of them have their keys in the shape of this release: one look for a whole start. */
export async function rekeyedOf(via: Via, defs: readonly CollectionDef[]): Promise<ReadonlySet<CollectionDef>> {
  const _id = { $in: defs.map(markerOf) };
  const markers = await translated(names.store, () => markersIn(via).find({ _id }, reading(via)).toArray());
  const shapes = new Map(markers.map((each) => [each._id, each.shape]));
  return new Set(defs.filter((def) => shapes.get(markerOf(def)) === shapeOf(def).digest));
}

/**
 * Computes the keys of rows that another release wrote, where the declared indexes ask for others by now; the text of
 * a document and its version stay as they are. Restartable, and done once a shape.
 */
export async function rekey(via: Via, def: CollectionDef): Promise<void> {
  const shape = shapeOf(def).digest;
  const _id = markerOf(def);
  await translated(def.name, async () => {
    const known = await markersIn(via).findOne({ _id }, reading(via));
    if (known?.shape === shape) return;
    await rekeyAll(via, def);
    const at = new Date(known ? await nowMs(via) : 0);
    await markersIn(via).updateOne({ _id }, { $set: { shape, at } }, { upsert: true });
  });
}

/** Once more for shapes that are new: in a roll-over the release before writes rows after `rekey` has gone over them. */
export async function rekeyRecent(via: Via, defs: readonly CollectionDef[]): Promise<void> {
  await translated(names.store, async () => {
    const since = new Date((await nowMs(via)) - ROLL_OVER_MS);
    const recent = await markersIn(via)
      .find({ at: { $gt: since } }, reading(via))
      .toArray();
    const ids = new Set(recent.map(({ _id }) => _id));
    for (const def of defs) if (ids.has(markerOf(def))) await rekeyAll(via, def);
  });
}

async function rekeyAll(via: Via, def: CollectionDef): Promise<void> {
  for (let page = PAGE; page === PAGE;) page = await rekeyed(via, def);
}

async function rekeyed(via: Via, def: CollectionDef): Promise<number> {
  const rows = rowsIn<Kept & { shape: string }>(via, collectionName(def));
  const { digest } = shapeOf(def);
  const old = await rows
    .find({ shape: { $ne: digest } }, reading(via))
    .limit(PAGE)
    .toArray();
  if (old.length === 0) return 0;
  const operations = old.map((kept) => ({
    updateOne: { filter: { _id: kept._id, version: kept.version }, update: { $set: derivedOf(def, rowOf(kept)) } },
  }));
  await rows.bulkWrite(operations, { ordered: false });
  return old.length;
}
