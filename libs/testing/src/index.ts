export * from './artefact-contract';
export * from './clock';
export * from './given';
export * from './ids';
export * from './nats-server';
