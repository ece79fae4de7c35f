import type { Clock } from '@gts/kernel';
import type { NatsConnection } from 'nats';
import { fileArtefacts } from './file-artefacts';
import { natsArtefacts } from './nats/nats-artefacts';
import { type Place, placeOf } from './place';
import type { ArtefactStore } from './ports';
import { s3Artefacts } from './s3/s3-artefacts';

export type OpenOptions = Readonly<{
  /** `ARTEFACTS_URL`. */
  url: string;
  /** Whose marks this handle sets and takes away. */
  context: string;
  clock: Clock;
  /** The broker's connection, for `nats:`. */
  nc: NatsConnection;
  /** `S3_ACCESS_KEY` and `S3_SECRET_KEY`, for `s3:`. */
  keys?: Readonly<{ accessKey: string | undefined; secretKey: string | undefined }>;
}>;

function credentials(keys: OpenOptions['keys']) {
  const { accessKey, secretKey } = keys ?? {};
  if (accessKey === undefined || secretKey === undefined)
    throw new Error('s3: stores need S3_ACCESS_KEY and S3_SECRET_KEY');
  return { accessKey, secretKey };
}

/** The store that an address names. @throws Error saying what is wrong with it */
export function openArtefacts({ url, keys, ...rest }: OpenOptions): ArtefactStore {
  const place: Place = placeOf(url);
  if (place.kind === 'file') return fileArtefacts({ ...rest, root: place.root });
  if (place.kind === 'nats') return natsArtefacts({ ...rest, bucket: place.bucket });
  const { kind: _kind, ...where } = place;
  return s3Artefacts({ context: rest.context, clock: rest.clock, ...where, ...credentials(keys) });
}
