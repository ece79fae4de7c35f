export * from './errors';
export * from './file-artefacts';
export * from './memory-artefacts';
export { s3Artefacts, type S3ArtefactsOptions } from './s3/s3-artefacts';
export { natsArtefacts, type NatsArtefactsOptions } from './nats/nats-artefacts';
export { openArtefacts, type OpenOptions } from './open';
export { type Place, placeOf } from './place';
export * from './ports';
