import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artefactContract, manualClock } from '@gts/testing';
import { fileArtefacts } from './file-artefacts';
import { layout } from './layout';

artefactContract('files', async (clock) => {
  const root = await mkdtemp(join(tmpdir(), 'gts-artefacts-'));
  const at = layout(root);
  let room = Infinity;
  return {
    handle: (context) => fileArtefacts({ root, context, clock, room: async () => room }),
    setRoom: (bytes) => void (room = bytes),
    damage: (sha256) => writeFile(at.content(sha256), 'rubbish'),
    leftovers: async () => (await readdir(at.temporary)).length,
    close: () => rm(root, { recursive: true }),
  };
});

test('temporary files of a crash are swept at the next start, fresh ones stay', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gts-artefacts-'));
  const clock = manualClock(new Date().getTime());
  const at = layout(root);
  await fileArtefacts({ root, context: 'a', clock }).put(Buffer.from('x'));
  await writeFile(join(at.temporary, 'old'), 'half');
  await writeFile(join(at.temporary, 'fresh'), 'half');
  const twoDaysAgo = clock.epochMs() / 1000 - 172_800;
  await utimes(join(at.temporary, 'old'), twoDaysAgo, twoDaysAgo);
  await fileArtefacts({ root, context: 'a', clock }).stat('0'.repeat(64));
  expect(await readdir(at.temporary)).toEqual(['fresh']);
  await rm(root, { recursive: true });
});
