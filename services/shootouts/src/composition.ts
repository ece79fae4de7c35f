import { createHash, randomBytes } from 'node:crypto';
import type { Composed, Infrastructure } from '@gts/nest';
import { collectionsIn, repositories } from '@gts/persistence';
import { sagaHost } from '@gts/saga';
import { chainCatalogue, chainNotes } from './adapters/chains';
import * as collections from './adapters/collections';
import { enrichmentDocuments, shootoutDocuments, trackDocuments, uploadDocuments } from './adapters/collections';
import { files } from './adapters/files';
import { holders } from './adapters/holders';
import { listShootouts, listTracks, trackBySource } from './adapters/lists';
import { manifests, publicIndex } from './adapters/manifests';
import { overdue, watchedTracks, watchedUploads } from './adapters/overdue';
import { activeRuns, askRendering, findRun, runNotes, shootoutOf } from './adapters/runs';
import { sweeper } from './adapters/sweeper';
import { countedShootouts, countedTracks } from './adapters/usage';
import { enrichmentMessages, shootoutMessages, trackMessages, uploadMessages } from './adapters/to-integration-events';
import { type Application, type Deps, createApplication } from './application';
import { ownContext } from './application/inspect';
import type { Config } from './config';
import { subscriptions } from './entrypoints/subscriptions';

/** All that the service's store keeps. */
export const kept = collectionsIn(collections);

/** What the application needs of the outside; a spec gives memory adapters instead. */
export type Outside = Pick<Infrastructure<Config>, 'store' | 'encoder' | 'rpc' | 'artefacts' | 'newId' | 'clock'> &
  Readonly<{
    blockedLicences: ReadonlySet<string>;
    newKey: () => string;
    sweepFailed?: (error: unknown) => void;
  }>;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
/** 192 random bits: nobody guesses the address of a file. */
const newKey = (): string => randomBytes(24).toString('base64url');

function aggregates({ store, encoder }: Outside): Pick<Deps, 'shootouts' | 'tracks' | 'uploads' | 'enrichments'> {
  const stored = { store, encoder };
  const shootouts = { ...stored, collection: shootoutDocuments, aggregate: 'Shootout', translate: shootoutMessages };
  const tracks = { ...stored, collection: trackDocuments, aggregate: 'DITrack', translate: trackMessages };
  const uploads = { ...stored, collection: uploadDocuments, aggregate: 'Upload', translate: uploadMessages };
  const enrichments = {
    ...stored,
    collection: enrichmentDocuments,
    aggregate: 'Enrichment',
    translate: enrichmentMessages,
  };
  return {
    enrichments: repositories(enrichments),
    shootouts: countedShootouts(store, repositories(shootouts)),
    tracks: countedTracks(store, watchedTracks(store, repositories(tracks))),
    uploads: watchedUploads(store, repositories(uploads)),
  };
}

const rethrow = (error: unknown): never => {
  throw error;
};

export function wire(outside: Outside): Deps {
  const { store, rpc, artefacts, sweepFailed = rethrow, ...rest } = outside;
  return {
    ...rest,
    sweepFailed,
    ...aggregates(outside),
    digest,
    together: (ctx, work) => store.transaction(ctx, (unit) => work(unit.ctx)),
    files: files(artefacts),
    holders: holders(store),
    chains: chainCatalogue({ store, rpc }),
    chainNotes: chainNotes(store),
    trackBySource: trackBySource(store),
    activeRuns: activeRuns(store),
    runs: runNotes(store),
    askRendering: askRendering(rpc),
    manifests: manifests(store),
    publicIndex: publicIndex(store),
    listShootouts: listShootouts(store),
    listTracks: listTracks(store),
    overdue: overdue(store, ownContext()),
    findRun: findRun(store),
    shootoutOf: shootoutOf(store),
  };
}

export function compose(infra: Infrastructure<Config>): Composed<Application> {
  const { store, encoder, newId, logger, config, probe } = infra;
  const deps = { store, encoder, newId, observe: infra.observeSaga, ...(probe && { probe }) };
  const sweepFailed = (err: unknown) => logger.warn({ err }, 'cannot be ended, tried again');
  const blockedLicences = config.PUBLISH_BLOCKED_LICENCES;
  const application = createApplication(wire({ ...infra, newKey, blockedLicences, sweepFailed }));
  const host = sagaHost(application.sagas.renderShootout, deps);
  const sweep = sweeper({ store, logger, owner: newId<'Process'>(), sweep: application.sweep });
  return {
    application,
    subscriptions: subscriptions(application, deps, host),
    background: [host.timers, sweep],
    sagas: [host],
  };
}
