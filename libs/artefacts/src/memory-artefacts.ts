import { Readable, pipeline } from 'node:stream';
import type { Clock } from '@gts/kernel';
import { inputFault, storeFault } from './errors';
import type { ArtefactStore, ByteRange, StoredArtefact } from './ports';
import { digestOf, verified } from './verified';

const DAY_MS = 86_400_000;
type Entry = { bytes: Uint8Array; marks: Set<string>; freeSinceMs: number };

/** The bytes that several handles of one test share. */
export type ArtefactShelf = Map<string, Entry>;
export const artefactShelf = (): ArtefactShelf => new Map();

export type MemoryArtefactsOptions = Readonly<{
  context: string;
  clock: Clock;
  shelf?: ArtefactShelf;
  room?: () => Promise<number>;
}>;

/** The same port in memory, for specs of applications. */
export function memoryArtefacts({
  context,
  clock,
  shelf = artefactShelf(),
  room,
}: MemoryArtefactsOptions): ArtefactStore {
  const whole = (sha256: string): Uint8Array | null => {
    const bytes = shelf.get(sha256)?.bytes ?? null;
    if (bytes && digestOf(bytes) !== sha256) throw inputFault.corrupt(sha256);
    return bytes;
  };
  const put: ArtefactStore['put'] = async (source, { limit = Infinity, signal } = {}) => {
    const bytes = await collect(source, { limit, signal, room: (await room?.()) ?? Infinity });
    const stored: StoredArtefact = { sha256: digestOf(bytes), bytes: bytes.length };
    const entry = shelf.get(stored.sha256) ?? { bytes, marks: new Set(), freeSinceMs: 0 };
    shelf.set(stored.sha256, { ...entry, marks: entry.marks.add(context), freeSinceMs: clock.epochMs() });
    return stored;
  };
  return {
    put,
    get: async (sha256, range) => streamOf(shelf.get(sha256)?.bytes, sha256, range),
    read: async (sha256) => whole(sha256),
    stat: async (sha256) => {
      const bytes = shelf.get(sha256)?.bytes;
      return bytes ? { sha256, bytes: bytes.length } : null;
    },
    keep: async (sha256) => Boolean(shelf.get(sha256)?.marks.add(context)),
    delete: async (sha256) => {
      const entry = shelf.get(sha256);
      entry?.marks.delete(context);
      if (entry) entry.freeSinceMs = clock.epochMs();
    },
    sweep: async () => sweepShelf(shelf, clock),
  };
}

function sweepShelf(shelf: ArtefactShelf, clock: Clock): number {
  const stale = [...shelf].filter(([, each]) => each.marks.size === 0 && clock.epochMs() - each.freeSinceMs > DAY_MS);
  for (const [sha256] of stale) shelf.delete(sha256);
  return stale.length;
}

function streamOf(bytes: Uint8Array | undefined, sha256: string, range?: ByteRange): Readable | null {
  if (!bytes) return null;
  const part = range ? bytes.subarray(range.start, range.end + 1) : bytes;
  const source = Readable.from(part.length === 0 ? [] : [part]);
  return range ? source : pipeline(source, verified(sha256), () => undefined);
}

async function collect(
  source: Readable | Uint8Array,
  { limit, signal, room }: { limit: number; signal: AbortSignal | undefined; room: number },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of source instanceof Readable ? source : [source]) {
    signal?.throwIfAborted();
    count += (chunk as Uint8Array).length;
    if (count > limit) throw storeFault.too_large(limit);
    if (count > room) throw storeFault.full();
    parts.push(chunk as Uint8Array);
  }
  return Buffer.concat(parts);
}
