export * from './errors';
export * from './internal-token';
export * from './key-ring';
export * from './key-set';
export * from './matrix';
export * from './permissions';
export * from './secrets';
