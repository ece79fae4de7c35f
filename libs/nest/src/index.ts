export * from './handles';
export * from './ops-server';
export * from './service';
export * from './settings';
