import type { Composed, Infrastructure } from '@gts/nest';
import { collectionsIn, repositories } from '@gts/persistence';
import { accounts } from './adapters/accounts';
import * as collections from './adapters/collections';
import { sessionCollection, tenantCollection, tokenCollection, userCollection } from './adapters/collections';
import { systemFacts } from './adapters/system-facts';
import { fromApiToken, fromTenant, fromUser } from './adapters/to-integration-events';
import { type Application, createApplication } from './application';
import type { Config } from './config';

/** All that the service's store keeps. */
export const kept = collectionsIn(collections);

type Needs = Pick<Infrastructure<Pick<Config, 'demoSignIn'>>, 'store' | 'encoder' | 'clock' | 'newId' | 'config'>;

/** Builds the adapters over the given infrastructure; nothing is global. */
export function compose({ store, encoder, clock, newId, config }: Needs): Composed<Application> {
  const base = { store, encoder: systemFacts(encoder) };
  const users = repositories({ ...base, collection: userCollection, aggregate: 'User', translate: fromUser });
  const tenants = repositories({ ...base, collection: tenantCollection, aggregate: 'Tenant', translate: fromTenant });
  const sessions = repositories({ ...base, collection: sessionCollection, aggregate: 'Session', translate: () => [] });
  const tokens = repositories({ ...base, collection: tokenCollection, aggregate: 'ApiToken', translate: fromApiToken });
  const application = createApplication({
    together: (ctx, work) => store.transaction(ctx, (unit) => work(unit.ctx)),
    users,
    tenants,
    sessions,
    tokens,
    accounts: accounts({ store, users, tenants, sessions }),
    clock,
    newId,
    demoSignIn: config.demoSignIn,
  });
  return { application, subscriptions: [] };
}
