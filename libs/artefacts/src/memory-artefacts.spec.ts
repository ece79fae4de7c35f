import { artefactContract } from '@gts/testing';
import { artefactShelf, memoryArtefacts } from './memory-artefacts';

artefactContract('memory', async (clock) => {
  const shelf = artefactShelf();
  let room = Infinity;
  return {
    handle: (context) => memoryArtefacts({ context, clock, shelf, room: async () => room }),
    setRoom: (bytes) => void (room = bytes),
    damage: async (sha256) => void shelf.get(sha256)?.bytes.fill(0),
    leftovers: async () => 0,
    close: async () => undefined,
  };
});
