import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeError } from '@gts/artefacts';

const PIECE = 262_144;

/** In pieces, so that hashing megabytes does not hold up the event loop; undefined when it is not there. */
async function readAll(path: string, size: number): Promise<{ content: Uint8Array; sha256: string } | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!file) return undefined;
  const content = new Uint8Array(size);
  const hash = createHash('sha256');
  try {
    for (let at = 0, read = 1; at < size && read > 0; at += read) {
      ({ bytesRead: read } = await file.read(content, at, Math.min(PIECE, size - at), at));
      hash.update(content.subarray(at, at + read));
    }
  } finally {
    await file.close();
  }
  return { content, sha256: hash.digest('hex') };
}

/** PCM by hash in a folder of this machine; what was used longest ago goes first when the room ends. */
export class LocalSounds {
  private sizes: Promise<Map<string, number>> | undefined;

  constructor(
    private readonly folder: string,
    private readonly mostBytes = 2_000_000_000,
  ) {}

  /** In memory of its own, which may move to a thread. What is damaged is removed and reads as absent. */
  async read(sha256: string): Promise<Uint8Array | undefined> {
    const sizes = await this.opened();
    const size = sizes.get(sha256);
    if (size === undefined) return undefined;
    const bytes = await readAll(join(this.folder, sha256), size);
    if (!bytes || bytes.sha256 !== sha256) {
      await this.remove(sha256);
      return undefined;
    }
    sizes.delete(sha256);
    sizes.set(sha256, size);
    return bytes.content;
  }

  /** @throws `store.full`, `store.unavailable` */
  async write(sha256: string, bytes: Uint8Array): Promise<void> {
    const sizes = await this.opened();
    const temporary = join(this.folder, `.${randomUUID()}`);
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, join(this.folder, sha256));
    } catch (error) {
      await rm(temporary, { force: true });
      throw storeError(error);
    }
    sizes.delete(sha256);
    sizes.set(sha256, bytes.length);
    await this.shrink(sizes);
  }

  async remove(sha256: string): Promise<void> {
    (await this.opened()).delete(sha256);
    await rm(join(this.folder, sha256), { force: true });
  }

  private async shrink(sizes: Map<string, number>): Promise<void> {
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const [sha256, size] of sizes) {
      if (total <= this.mostBytes || sizes.size === 1) return;
      total -= size;
      await this.remove(sha256);
    }
  }

  /** Listed once, also for those who ask at the same time: a second list would sweep what the first has begun to write. */
  private opened(): Promise<Map<string, number>> {
    return (this.sizes ??= this.listed().catch((error: unknown) => {
      this.sizes = undefined;
      throw error;
    }));
  }

  private async listed(): Promise<Map<string, number>> {
    await mkdir(this.folder, { recursive: true });
    const found: { name: string; size: number; mtimeMs: number }[] = [];
    for (const name of await readdir(this.folder)) {
      // A dot marks what a crash left half written.
      if (name.startsWith('.')) await rm(join(this.folder, name), { force: true });
      else {
        const { size, mtimeMs } = await stat(join(this.folder, name));
        found.push({ name, size, mtimeMs });
      }
    }
    found.sort((a, b) => a.mtimeMs - b.mtimeMs);
    return new Map(found.map(({ name, size }) => [name, size]));
  }
}
