export * from './define';
export * from './envelope';
export * from './reader';
export * from './schemas';
export * from './subjects';
