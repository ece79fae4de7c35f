export { gearCatalog } from './gear-catalog/context';
export * from './gear-catalog/queries';
export * from './gear-catalog/commands';
export * from './gear-catalog/events';
export * from './gear-catalog/saga';
