export * from './browser';
export * from './keys';
export * from './meter/node-meter';
