import type { CollectionDef } from '../ports';
import { translated } from './errors';
import { derivedOf, type Kept, rowOf, shapeOf } from './rows';
import { collectionName, names } from './schema';
import { reading, rowsIn, type Via } from './via';

const PAGE = 500;
type Marker = Readonly<{ _id: string; shape: string }>;

/**
 * Computes the keys of rows that another release wrote, where the declared indexes ask for others by now; the text of
 * a document and its version stay as they are. Restartable, and done once a shape.
 */
export async function rekey(via: Via, def: CollectionDef): Promise<void> {
  const { digest } = shapeOf(def);
  const marker = `shape/${def.name}`;
  const markers = rowsIn<Marker>(via, names.store);
  await translated(def.name, async () => {
    const known = await markers.findOne({ _id: marker }, reading(via));
    if (known?.shape === digest) return;
    for (let page = PAGE; page === PAGE;) page = await rekeyed(via, def);
    await markers.updateOne({ _id: marker }, { $set: { shape: digest } }, { upsert: true });
  });
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
