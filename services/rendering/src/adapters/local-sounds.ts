import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** PCM by hash in a folder of this machine; what was used longest ago goes first when the room ends. */
export class LocalSounds {
  private sizes: Map<string, number> | undefined;

  constructor(
    private readonly folder: string,
    private readonly mostBytes = 2_000_000_000,
  ) {}

  /** Verified; what is damaged is removed and reads as absent. */
  async read(sha256: string): Promise<Uint8Array | undefined> {
    const sizes = await this.opened();
    const size = sizes.get(sha256);
    if (size === undefined) return undefined;
    const hash = createHash('sha256');
    const parts: Buffer[] = [];
    try {
      for await (const part of createReadStream(join(this.folder, sha256))) {
        hash.update(part as Buffer);
        parts.push(part as Buffer);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (hash.digest('hex') !== sha256) {
      await this.remove(sha256);
      return undefined;
    }
    sizes.delete(sha256);
    sizes.set(sha256, size);
    return Buffer.concat(parts);
  }

  async write(sha256: string, bytes: Uint8Array): Promise<void> {
    const sizes = await this.opened();
    const temporary = join(this.folder, `.${randomUUID()}`);
    await writeFile(temporary, bytes);
    await rename(temporary, join(this.folder, sha256));
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

  private async opened(): Promise<Map<string, number>> {
    if (this.sizes) return this.sizes;
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
    return (this.sizes ??= new Map(found.map(({ name, size }) => [name, size])));
  }
}
