import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '@gts/kernel';
import { type Layout, isSha256 } from './layout';

const DAY_MS = 86_400_000;

const olderThanADay = async (path: string, clock: Clock): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && clock.epochMs() - found.mtimeMs > DAY_MS;
};

/** Removes what an interrupted write left more than a day ago. */
export async function sweepTemporary(at: Layout, clock: Clock): Promise<void> {
  for (const name of await readdir(at.temporary)) {
    const path = join(at.temporary, name);
    if (await olderThanADay(path, clock)) await rm(path, { force: true, recursive: true });
  }
}

/** Removes content that no context has marked for 24 h; returns how many. */
export async function sweepContent(at: Layout, clock: Clock): Promise<number> {
  let removed = 0;
  for await (const path of contentFiles(at)) {
    const sha256 = basename(path);
    if ((await isMarked(at, sha256)) || !(await olderThanADay(path, clock))) continue;
    if (await removeUnmarked(at, path, sha256)) removed += 1;
  }
  return removed;
}

/** Moved aside first: a mark that came in between brings the content back. */
async function removeUnmarked(at: Layout, path: string, sha256: string): Promise<boolean> {
  const aside = join(at.temporary, randomUUID());
  await rename(path, aside);
  const wanted = await isMarked(at, sha256);
  if (wanted) {
    await mkdir(dirname(path), { recursive: true });
    await rename(aside, path);
  } else await rm(aside, { force: true });
  return !wanted;
}

async function isMarked(at: Layout, sha256: string): Promise<boolean> {
  for (const context of await readdir(at.marks))
    if (await stat(at.mark(context, sha256)).catch(() => undefined)) return true;
  return false;
}

async function* contentFiles(at: Layout): AsyncGenerator<string> {
  const entries = await readdir(at.root, { recursive: true, withFileTypes: true });
  for (const entry of entries)
    if (entry.isFile() && isSha256(entry.name) && !entry.parentPath.includes('.marks'))
      yield join(entry.parentPath, entry.name);
}
