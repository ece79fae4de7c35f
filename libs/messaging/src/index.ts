export * from './outgoing';
export * from './rpc';
export * from './subscription';
