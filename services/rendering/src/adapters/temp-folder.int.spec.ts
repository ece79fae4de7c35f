import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inFolder, writeAt } from './temp-folder';

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'gts-temp-'))));
afterAll(() => rm(dir, { recursive: true, force: true }));

type Place = Parameters<typeof writeAt>[0];
/** A file that takes so many bytes at a time, after the first time those of another. */
function sparing(most: number, file: Place, then = file): Place {
  let at = file;
  return {
    write: async (...[bytes, offset, length, position]) => {
      const written = await at.write(bytes, offset, Math.min(most, length), position);
      at = then;
      return written;
    },
  };
}

test('what is taken piece by piece is written whole, in its place', async () => {
  const written = await inFolder(dir, async (folder) => {
    const path = join(folder, 'x');
    const file = await open(path, 'w');
    await writeAt(sparing(300, file), BYTES, 500);
    await file.close();
    return readFile(path);
  });
  expect(written.subarray(500)).toEqual(Buffer.from(BYTES));
  expect(written).toHaveLength(1500);
});
test('a disk that is full after a part is store.full, and nothing is left', async () => {
  const full = await open('/dev/full', 'w');
  const broken = inFolder(dir, async (folder) => {
    const file = await open(join(folder, 'x'), 'w');
    try {
      await writeAt(sparing(300, file, full), BYTES, 0);
    } finally {
      await file.close();
    }
  });
  await expect(broken).rejects.toMatchObject({ code: 'store.full', kind: 'unavailable' });
  await full.close();
  expect(await readdir(dir)).toEqual([]);
});
test('a disk that takes nothing, without a word, is full', async () => {
  const none = { write: async () => ({ bytesWritten: 0 }) };
  await expect(writeAt(none, BYTES, 0)).rejects.toMatchObject({ code: 'store.full' });
});
