import { createHash } from 'node:crypto';
import type { Composed, Infrastructure } from '@gts/nest';
import { repositories } from '@gts/persistence';
import { chainDocuments } from './adapters/collections';
import { listChains } from './adapters/list-chains';
import { modelCatalogue } from './adapters/model-catalogue';
import { chainUses, modelNotes } from './adapters/notes';
import { toIntegrationEvents } from './adapters/to-integration-events';
import { type Application, createApplication } from './application';
import type { Config } from './config';
import { subscriptions } from './entrypoints/subscriptions';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export function compose(infra: Infrastructure<Config>): Composed<Application> {
  const { store, encoder, newId, clock } = infra;
  const application = createApplication({
    chains: repositories({
      store,
      encoder,
      collection: chainDocuments,
      aggregate: 'SignalChain',
      translate: toIntegrationEvents,
    }),
    models: modelCatalogue(infra),
    notes: modelNotes(store),
    uses: chainUses(store),
    listChains: listChains(store),
    newId,
    digest,
    clock,
  });
  return { application, subscriptions: subscriptions(application, { store, encoder }) };
}
