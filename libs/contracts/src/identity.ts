export { identity } from './identity/context';
export * from './identity/commands';
export * from './identity/queries';
export * from './identity/events';
