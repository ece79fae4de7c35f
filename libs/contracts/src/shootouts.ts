export { shootouts } from './shootouts/context';
export * from './shootouts/di-tracks';
export * from './shootouts/enrichments';
export * from './shootouts/events';
export * from './shootouts/manifest';
export * from './shootouts/queries';
export * from './shootouts/saga';
export * from './shootouts/shootout';
export * from './shootouts/uploads';
