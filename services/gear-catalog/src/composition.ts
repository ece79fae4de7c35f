import type { Composed, Infrastructure } from '@gts/nest';
import { collectionsIn, repositories } from '@gts/persistence';
import { participants } from '@gts/saga';
import { catalogue } from './adapters/catalogue';
import { demoImport, sweeping } from './adapters/chores';
import * as collections from './adapters/collections';
import { gearCollection, modelCollection } from './adapters/collections';
import { demoPack } from './adapters/demo-pack';
import { holds } from './adapters/holds';
import { labels } from './adapters/labels';
import * as searchRows from './adapters/search-rows';
import { searchIndex } from './adapters/search-index';
import { stagedFiles } from './adapters/staged-files';
import { fromGear, fromGearModel } from './adapters/to-integration-events';
import * as useRows from './adapters/uses';
import { uses } from './adapters/uses';
import { workerInspector } from './adapters/worker-inspector';
import { type Application, createApplication } from './application';
import type { Inspect } from './application/ports';
import type { Config } from './config';
import { subscriptions } from './entrypoints/subscriptions';

/** All that the service's store keeps. */
export const kept = [collections, searchRows, useRows].flatMap(collectionsIn);

type Needs = Pick<
  Infrastructure<Pick<Config, 'DEMO_PACK_DIR'>>,
  'store' | 'encoder' | 'clock' | 'newId' | 'artefacts' | 'logger' | 'config' | 'probe'
>;

function applicationOver({ store, encoder, clock, newId, artefacts, config }: Needs, inspect: Inspect): Application {
  const base = { store, encoder };
  const gears = repositories({ ...base, collection: gearCollection, aggregate: 'Gear', translate: fromGear });
  const models = repositories({
    ...base,
    collection: modelCollection,
    aggregate: 'GearModel',
    translate: fromGearModel,
  });
  const counted = uses(store);
  return createApplication({
    gears,
    models,
    catalogue: catalogue({ store, gears, models, uses: counted, newId }),
    index: searchIndex(store),
    staged: stagedFiles(store),
    holds: holds(store),
    uses: counted,
    labels: labels(store),
    artefacts,
    inspect,
    demoPack: demoPack(config.DEMO_PACK_DIR),
    clock,
    newId,
  });
}

/** Builds the adapters over the given infrastructure; files are judged in a worker unless a test says otherwise. */
export function compose(infra: Needs, inspect: Inspect = workerInspector()): Composed<Application> {
  const application = applicationOver(infra, inspect);
  const { store, encoder, logger, probe } = infra;
  const steps = participants('saga-steps', application.steps, { store, encoder, ...(probe && { probe }) });
  return {
    application,
    subscriptions: subscriptions(application, steps),
    background: [demoImport(application.chores, logger), sweeping(application.chores, logger)],
  };
}
