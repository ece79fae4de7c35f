import type { Clock } from '@gts/kernel';
import type { Bucket, Kept } from './bucket';
import { marksOf, type Meta } from './meta';

const DAY_MS = 86_400_000;

const parsed = (data: Uint8Array): Meta => JSON.parse(Buffer.from(data).toString()) as Meta;

/** Nothing under this name any more; written over what was judged, so that a mark set meanwhile wins. */
async function removed(bucket: Bucket, { meta, seq }: Kept): Promise<boolean> {
  const gone = { ...meta, deleted: true, size: 0, chunks: 0 };
  const tombstone = await bucket.replace(gone, seq);
  if (tombstone === undefined) return false;
  await bucket.purge(bucket.names.meta(meta.name), tombstone);
  return true;
}

/** Chunks that no object names: of writings that broke off, of objects that are gone. */
async function sweepChunks(bucket: Bucket, used: ReadonlySet<string>, clock: Clock): Promise<void> {
  for (const subject of (await bucket.subjects(bucket.names.allChunks)).keys()) {
    if (used.has(bucket.names.nuidOf(subject))) continue;
    const last = await bucket.newest(subject);
    if (last && clock.epochMs() - last.atMs > DAY_MS) await bucket.purge(subject, last.seq);
  }
}

/** Takes away what nobody has wanted for 24 h. @returns how many objects */
export async function sweepBucket(bucket: Bucket, clock: Clock): Promise<number> {
  // Asked before the objects: what is written while this runs is younger than a day.
  const used = new Set<string>();
  let count = 0;
  for (const subject of (await bucket.subjects(bucket.names.allMeta)).keys()) {
    const found = await bucket.newest(subject);
    if (!found) continue;
    const meta = parsed(found.data);
    const old = clock.epochMs() - Number(meta.metadata.since) > DAY_MS;
    const isFree = meta.deleted === true || (old && marksOf(meta).size === 0);
    if (isFree && (await removed(bucket, { meta, seq: found.seq }))) {
      count += meta.deleted ? 0 : 1;
      await bucket.purge(bucket.names.chunks(meta.nuid), Number.MAX_SAFE_INTEGER - 1);
    } else used.add(meta.nuid);
  }
  await sweepChunks(bucket, used, clock);
  return count;
}
