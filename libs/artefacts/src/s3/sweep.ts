import type { Clock } from '@gts/kernel';
import type { S3Client } from './client';
import { keys, kindOfKey, type KeyKind } from './keys';

const DAY_MS = 86_400_000;
/** Contents, marks, free times and what a sweep began to take away, by hash. */
type Inventory = Readonly<Record<KeyKind, Map<string, number>>>;

async function inventory(client: S3Client): Promise<Inventory> {
  const found: Inventory = { content: new Map(), mark: new Map(), free: new Map(), doomed: new Map() };
  for await (const { key, atMs } of client.list('')) {
    const about = kindOfKey(key);
    if (about) found[about.kind].set(about.sha256, atMs);
  }
  return found;
}

async function freeSince(client: S3Client, sha256: string, atMs: number): Promise<number> {
  const note = await client.get(keys.free(sha256));
  return note ? Number(await note.text()) : atMs;
}

async function isMarked(client: S3Client, sha256: string): Promise<boolean> {
  for await (const _mark of client.list(keys.marks(sha256))) return true;
  return false;
}

/**
 * Says that it goes, looks for marks once more, then takes it away. Whoever marks it first writes the mark and then
 * looks whether it is doomed: so one of both always sees the other.
 */
async function removed(client: S3Client, sha256: string): Promise<boolean> {
  await client.put(keys.doomed(sha256), '');
  const wanted = await isMarked(client, sha256);
  if (!wanted) {
    await client.remove(keys.content(sha256));
    await client.remove(keys.free(sha256));
  }
  await client.remove(keys.doomed(sha256));
  return !wanted;
}

/** Takes away what nobody has marked for 24 h, and what an earlier sweep left half done. @returns how many */
export async function sweepBucket(client: S3Client, clock: Clock): Promise<number> {
  const { content, mark, free, doomed } = await inventory(client);
  let count = 0;
  for (const sha256 of doomed.keys()) if (await removed(client, sha256)) count += Number(content.delete(sha256));
  for (const [sha256, atMs] of content) {
    if (mark.has(sha256) || clock.epochMs() - (await freeSince(client, sha256, atMs)) <= DAY_MS) continue;
    if (await removed(client, sha256)) count += 1;
  }
  for (const sha256 of free.keys()) if (!content.has(sha256)) await client.remove(keys.free(sha256));
  return count;
}
