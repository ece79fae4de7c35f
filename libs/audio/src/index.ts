export * from './browser';
export * from './built-kernel';
export * from './flac/read-flac';
export * from './keys';
export * from './meter/node-meter';
export * from './picture/piece-picture';
export * from './picture/share-picture';
