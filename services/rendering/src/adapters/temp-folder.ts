import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storeError } from '@gts/artefacts';

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
