import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storeError, storeFault } from '@gts/artefacts';

/** A folder of its own below `tmp`, gone afterwards whatever happens. @throws `store.full` */
export async function inFolder<T>(tmp: string, action: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  try {
    await mkdir(tmp, { recursive: true });
    folder = await mkdtemp(join(tmp, 'work-'));
    return await action(folder);
  } catch (error) {
    throw storeError(error);
  } finally {
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}

type Place = Readonly<{
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
}>;

/** All of the bytes from there on. @throws what the system says of those that find no room; `store.full` if nothing */
export async function writeAt(file: Place, bytes: Uint8Array, position: number): Promise<void> {
  // A nearly full disk takes a part without a word, and says why with the next one.
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw storeFault.full();
    at += bytesWritten;
  }
}
