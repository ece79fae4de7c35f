export * from './errors';
export * from './file-artefacts';
export * from './memory-artefacts';
export * from './ports';
