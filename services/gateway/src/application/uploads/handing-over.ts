import type { Readable } from 'node:stream';
import type { ArtefactStore, StoredArtefact } from '@gts/artefacts';

export type Put = (bytes: Readable, limit: number) => Promise<StoredArtefact>;

/**
 * Stores what `work` puts under the edge's own mark and takes the mark away at the end, however it ends. Marks of the
 * context that accepted the bytes, or of anybody who had the same ones before, are never touched; what nobody accepted
 * is swept after 24 h.
 */
export async function handingOver<T>(artefacts: ArtefactStore, work: (put: Put) => Promise<T>): Promise<T> {
  const held = new Set<string>();
  try {
    return await work(async (bytes, limit) => {
      const stored = await artefacts.put(bytes, { limit });
      held.add(stored.sha256);
      return stored;
    });
  } finally {
    for (const sha256 of held) await artefacts.delete(sha256);
  }
}
