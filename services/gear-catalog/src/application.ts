import { deleteGear, updateGear } from './application/change-gear';
import { getGear, getGearModel, getGearModels, listGearTags } from './application/get-gear';
import { holdStep, pinGearModels } from './application/hold-gear-models';
import { importDemoPack } from './application/import-demo-pack';
import { noteChainDeleted, noteChainRestored, noteChainSaved } from './application/note-uses';
import type { Deps } from './application/ports';
import { searchGear } from './application/search-gear';
import { stageFile } from './application/stage-file';
import { sweep } from './application/sweep';
import { uploadGear } from './application/upload-gear';

/** Everything this service does: which gear there is, whose files are fit to be played, who needs them. */
export const createApplication = (deps: Deps) => ({
  commands: {
    stageFile: stageFile(deps),
    uploadGear: uploadGear(deps),
    updateGear: updateGear(deps),
    deleteGear: deleteGear(deps),
  },
  queries: {
    searchGear: searchGear(deps),
    getGear: getGear(deps),
    getGearModel: getGearModel(deps),
    getGearModels: getGearModels(deps),
    listGearTags: listGearTags(deps),
  },
  steps: [holdStep(deps)],
  events: {
    pinGearModels: pinGearModels(deps),
    noteChainSaved: noteChainSaved(deps),
    noteChainDeleted: noteChainDeleted(deps),
    noteChainRestored: noteChainRestored(deps),
  },
  chores: { importDemoPack: importDemoPack(deps), sweep: sweep(deps) },
});
export type Application = ReturnType<typeof createApplication>;
