import { createHash } from 'node:crypto';
import type { Composed, Infrastructure } from '@gts/nest';
import { collectionsIn, repositories } from '@gts/persistence';
import * as collections from './adapters/collections';
import { chainDocuments } from './adapters/collections';
import { countedChains } from './adapters/counted-chains';
import { judging } from './adapters/judging';
import { listChains } from './adapters/list-chains';
import { modelCatalogue } from './adapters/model-catalogue';
import { chainUses, modelNotes } from './adapters/notes';
import { toIntegrationEvents } from './adapters/to-integration-events';
import { type Application, type Deps, createApplication } from './application';
import type { Config } from './config';
import { subscriptions } from './entrypoints/subscriptions';

/** All that the service's store keeps. */
export const kept = collectionsIn(collections);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the application needs of the outside; a spec gives memory adapters instead. */
export type Outside = Pick<Infrastructure<Config>, 'store' | 'encoder' | 'rpc' | 'newId' | 'clock'> &
  Readonly<{ digest: (text: string) => string }>;

export const wire = ({ store, encoder, rpc, newId, clock, digest: hash }: Outside): Deps => ({
  chains: countedChains(
    store,
    repositories({
      store,
      encoder,
      collection: chainDocuments,
      aggregate: 'SignalChain',
      translate: toIntegrationEvents,
    }),
  ),
  judging: judging(store, encoder),
  models: modelCatalogue({ store, rpc }),
  notes: modelNotes(store),
  uses: chainUses(store),
  listChains: listChains(store),
  newId,
  digest: hash,
  clock,
});

export function compose(infra: Infrastructure<Config>): Composed<Application> {
  const { store, encoder, probe } = infra;
  const application = createApplication(wire({ ...infra, digest }));
  return {
    application,
    subscriptions: subscriptions(application, { store, encoder, ...(probe && { probe }) }),
  };
}
