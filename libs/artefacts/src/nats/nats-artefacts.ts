import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '@gts/kernel';
import type { NatsConnection } from 'nats';
import { inputFault, storeFault } from '../errors';
import { isSha256 } from '../layout';
import type { ArtefactStore, StoredArtefact } from '../ports';
import { digestOf, verified } from '../verified';
import { type Bucket, type Kept, openBucket } from './bucket';
import { digestText, marksOf, type Meta, packed, withMarks } from './meta';
import { readRange } from './read';
import { sweepBucket } from './sweep';
import { write, type Written } from './write';

export type NatsArtefactsOptions = Readonly<{
  nc: NatsConnection;
  bucket: string;
  /** Whose marks this handle sets and takes away. */
  context: string;
  clock: Clock;
  /** Bytes that may still be written; without it the limit of the bucket says so. */
  room?: () => Promise<number>;
}>;
type Handle = Readonly<{ bucket: Bucket; name: string; context: string; clock: Clock }>;

/** So often somebody else was faster: never with a person, now and then with many workers. */
const MOST_TRIES = 50;

const live = (kept: Kept | undefined): Kept | undefined => (kept?.meta.deleted ? undefined : kept);
const found = async ({ bucket }: Handle, sha256: string): Promise<Kept | undefined> =>
  isSha256(sha256) ? live(await bucket.find(sha256)) : undefined;

/**
 * Changes what the bucket knows of a content, again until nobody else did meanwhile; nothing where `change` answers
 * undefined. @returns what stands there now
 */
async function changed(
  { bucket }: Handle,
  sha256: string,
  change: (now: Kept | undefined) => Promise<Meta | undefined> | Meta | undefined,
): Promise<Meta | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const now = await bucket.find(sha256);
    const wanted = await change(live(now));
    if (!wanted) return undefined;
    if ((await bucket.replace(wanted, now?.seq ?? 0)) !== undefined) return wanted;
  }
  throw storeFault.unavailable(`${sha256} changes too often`);
}

async function whole({ bucket }: Handle, meta: Meta): Promise<Uint8Array> {
  return buffer(await readRange(bucket, meta, { start: 0, end: meta.size - 1 }));
}

/** Whether the bytes that lie there already are those of the hash. */
async function isIntact(handle: Handle, meta: Meta): Promise<boolean> {
  try {
    return digestOf(await whole(handle, meta)) === meta.name;
  } catch (error) {
    if ((error as { code?: string }).code === inputFault.corrupt.code) return false;
    throw error;
  }
}

const fresh = ({ name, context, clock }: Handle, { nuid, sequences, stored }: Written): Meta => ({
  name: stored.sha256,
  bucket: name,
  nuid,
  size: stored.bytes,
  chunks: sequences.length,
  digest: digestText(stored.sha256),
  mtime: clock.now(),
  metadata: { marks: context, since: String(clock.epochMs()), sequences: packed(sequences) },
});

/** Puts a writing under its name. Equal content that lies there stays, marked; a damaged one is replaced. */
async function settle(handle: Handle, written: Written): Promise<void> {
  const { bucket, context, clock } = handle;
  let replaced: string | undefined;
  const settled = await changed(handle, written.stored.sha256, async (now) => {
    replaced = undefined;
    if (!now) return fresh(handle, written);
    const marks = new Set([...marksOf(now.meta), context]);
    if (await isIntact(handle, now.meta)) return withMarks(now.meta, marks, clock.epochMs());
    replaced = now.meta.nuid;
    return withMarks(fresh(handle, written), marks, clock.epochMs());
  });
  const unused = settled?.nuid === written.nuid ? replaced : written.nuid;
  if (unused !== undefined && written.sequences.length > 0) await bucket.discard(unused);
}

async function unmark(handle: Handle, sha256: string): Promise<void> {
  const { context, clock } = handle;
  if (!isSha256(sha256)) return;
  await changed(handle, sha256, (now) => {
    if (!now) return undefined;
    const others = [...marksOf(now.meta)].filter((each) => each !== context);
    return withMarks(now.meta, others, clock.epochMs());
  });
}

async function mark(handle: Handle, sha256: string): Promise<boolean> {
  const { context, clock } = handle;
  if (!isSha256(sha256)) return false;
  const kept = await changed(handle, sha256, (now) =>
    now ? withMarks(now.meta, new Set([...marksOf(now.meta), context]), clock.epochMs()) : undefined,
  );
  return kept !== undefined;
}

async function verifiedWhole(handle: Handle, sha256: string): Promise<Uint8Array | null> {
  const kept = await found(handle, sha256);
  if (!kept) return null;
  const bytes = await whole(handle, kept.meta);
  if (digestOf(bytes) !== sha256) throw inputFault.corrupt(sha256);
  return bytes;
}

/** Content-addressed objects in one bucket of a JetStream object store, shared by all machines of a cluster. */
export function natsArtefacts({ nc, bucket: name, context, clock, room }: NatsArtefactsOptions): ArtefactStore {
  let opened: Promise<Bucket> | undefined;
  const handle = async (): Promise<Handle> => ({
    bucket: await (opened ??= openBucket(nc, name)),
    name,
    context,
    clock,
  });
  const get: ArtefactStore['get'] = async (sha256, range) => {
    const own = await handle();
    const kept = await found(own, sha256);
    if (!kept) return null;
    const { meta } = kept;
    const bytes = await readRange(own.bucket, meta, range ?? { start: 0, end: meta.size - 1 });
    return range ? bytes : pipeline(bytes, verified(sha256), () => undefined);
  };
  return {
    put: async (bytes, options = {}): Promise<StoredArtefact> => {
      const own = await handle();
      const written = await write(own.bucket, bytes, { ...options, room: (await room?.()) ?? Infinity });
      await settle(own, written);
      return written.stored;
    },
    get,
    read: async (sha256) => verifiedWhole(await handle(), sha256),
    stat: async (sha256) => {
      const kept = await found(await handle(), sha256);
      return kept ? { sha256, bytes: kept.meta.size } : null;
    },
    keep: async (sha256) => mark(await handle(), sha256),
    delete: async (sha256) => unmark(await handle(), sha256),
    sweep: async () => sweepBucket((await handle()).bucket, clock),
  };
}
