import type { Clock, Context, Id, NewId } from '@gts/kernel';
import { createShootout } from './application/create-shootout';
import {
  createDITrack,
  deleteDITrack,
  getDIAudio,
  getDITrack,
  listDITracks,
  restoreDITrack,
  updateDITrack,
} from './application/di-tracks';
import {
  addToneSelection,
  removeToneSelection,
  renameToneSelection,
  reorderToneSelections,
  updateShootout,
} from './application/edit-shootout';
import { followEnrichment, retryEnrichment } from './application/enrich';
import { failShootout } from './application/fail-shootout';
import { finaliseShootout } from './application/finalise-shootout';
import { followChains, followShootouts } from './application/follow-others';
import { followRun } from './application/follow-run';
import { sweep, takeInspection, takeRejection } from './application/inspect';
import { deleteShootout, restoreShootout, setVisibility } from './application/manage-shootout';
import type * as Ports from './application/ports';
import { browsePublic, getManifest, getPublicShootout, resolveMedia } from './application/public-pages';
import { getRun, getShootout, listShootouts } from './application/read-shootouts';
import { cancelRender, renderShootout } from './application/render-shootout';
import { renderShootoutSaga } from './application/render-shootout.saga';
import { abortUpload, appendChunk, createUpload, getUpload } from './application/uploads';
import type { ShootoutId } from './domain/shootout';

export type Deps = Readonly<{
  shootouts: Ports.Shootouts;
  tracks: Ports.DITracks;
  uploads: Ports.Uploads;
  enrichments: Ports.Enrichments;
  together: Ports.Together;
  files: Ports.Files;
  holders: Ports.Holders;
  chains: Ports.ChainCatalogue;
  chainNotes: Ports.ChainNotes;
  trackBySource: Ports.TrackBySource;
  activeRuns: Ports.ActiveRuns;
  runs: Ports.RunNotes;
  askRendering: Ports.AskRendering;
  manifests: Ports.Manifests;
  publicIndex: Ports.PublicIndex;
  listShootouts: Ports.ListShootouts;
  listTracks: Ports.ListTracks;
  overdue: Ports.Overdue;
  sweepFailed: (error: unknown) => void;
  findRun: Ports.ShootoutOfRun;
  shootoutOf: (runId: Id<'Run'>, ctx: Context) => Promise<ShootoutId>;
  blockedLicences: ReadonlySet<string>;
  newKey: () => string;
  digest: (text: string) => string;
  newId: NewId;
  clock: Clock;
}>;

const commands = (deps: Deps) => ({
  createUpload: createUpload(deps),
  appendChunk: appendChunk(deps),
  abortUpload: abortUpload(deps),
  createDITrack: createDITrack(deps),
  updateDITrack: updateDITrack(deps),
  deleteDITrack: deleteDITrack(deps),
  restoreDITrack: restoreDITrack(deps),
  createShootout: createShootout(deps),
  updateShootout: updateShootout(deps),
  addToneSelection: addToneSelection(deps),
  removeToneSelection: removeToneSelection(deps),
  renameToneSelection: renameToneSelection(deps),
  reorderToneSelections: reorderToneSelections(deps),
  renderShootout: renderShootout(deps),
  cancelRender: cancelRender(deps),
  retryEnrichment: retryEnrichment(deps),
  setVisibility: setVisibility(deps),
  deleteShootout: deleteShootout(deps),
  restoreShootout: restoreShootout(deps),
});

const queries = (deps: Deps) => ({
  getUpload: getUpload(deps),
  listDITracks: listDITracks(deps),
  getDITrack: getDITrack(deps),
  getDIAudio: getDIAudio(deps),
  listShootouts: listShootouts(deps),
  getShootout: getShootout(deps),
  getRun: getRun(deps),
  browsePublic: browsePublic(deps),
  getPublicShootout: getPublicShootout(deps),
  getManifest: getManifest(deps),
  resolveMedia: resolveMedia(deps),
});

/** Everything that shootouts does. */
export const createApplication = (deps: Deps) => ({
  commands: commands(deps),
  queries: queries(deps),
  reactions: {
    inspected: takeInspection(deps),
    rejected: takeRejection(deps),
    run: followRun(deps),
    enrichment: followEnrichment(deps),
    chains: followChains(deps),
    shootouts: followShootouts(deps),
  },
  participants: {
    finaliseShootout: finaliseShootout(deps, deps.shootoutOf),
    failShootout: failShootout(deps),
  },
  sagas: { renderShootout: renderShootoutSaga },
  sweep: sweep(deps),
});
export type Application = ReturnType<typeof createApplication>;
