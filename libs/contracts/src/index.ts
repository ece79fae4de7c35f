export * from './catalogue';
export * from './define';
export * from './envelope';
export * from './limits';
export * from './reader';
export * from './schemas';
export * from './subjects';
export * from './rendering';
export {
  type EnrichmentKind,
  enrichmentKind,
  renderBlock,
  renderEngine,
  renderError,
  renderInput,
  renderStage,
  renderTone,
  renderWarning,
  renderedTone,
} from './rendering-schemas';
export * from './gear-catalog';
export { type GearModelView, type GearView, gearModelView, gearView } from './gear-catalog/schemas';
export * from './identity';
export {
  type ApiTokenScope,
  type ApiTokenView,
  apiTokenScope,
  type Principal,
  type Role,
  type SessionView,
  type TenantView,
  type UserView,
} from './identity/schemas';
export * from './signal-chains';
export * from './shootouts';
export * from './operator';
export * from './subscriptions/types';
export * from './topology';
export * from './broker-conf';
export type { BrokerPermissions } from './broker-users';
export { ACK_WAIT_MS, advisoryDurable, type ConsumerSpec, consumersOf, durableOf } from './consumers';
export { gatewayDeclaration } from './subscriptions/gateway';
export * from './declared-services';
