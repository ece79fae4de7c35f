import type { ArtefactStore } from '@gts/artefacts';
import type { Files } from '../application/ports';

/** Marks of this context in the artefact store. */
export const files = (artefacts: ArtefactStore): Files => ({
  keep: async (refs) => {
    for (const { sha256 } of refs) if (!(await artefacts.keep(sha256))) return false;
    return true;
  },
  release: async (refs) => {
    for (const { sha256 } of refs) await artefacts.delete(sha256);
  },
});
