import { gatewayDeclaration } from './subscriptions/gateway';
import { gearCatalogDeclaration } from './subscriptions/gear-catalog';
import { identityDeclaration } from './subscriptions/identity';
import { renderingDeclaration } from './subscriptions/rendering';
import { shootoutsDeclaration } from './subscriptions/shootouts';
import { signalChainsDeclaration } from './subscriptions/signal-chains';

/** What every service listens to: generators, operators and the topology need the whole without loading services. */
export const declaredServices = [
  identityDeclaration,
  gearCatalogDeclaration,
  signalChainsDeclaration,
  shootoutsDeclaration,
  renderingDeclaration,
  gatewayDeclaration,
] as const;
