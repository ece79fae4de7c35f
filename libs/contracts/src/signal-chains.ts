export * from './signal-chains/blocks';
export * from './signal-chains/commands';
export * from './signal-chains/context';
export * from './signal-chains/events';
export * from './signal-chains/queries';
export * from './signal-chains/saga';
