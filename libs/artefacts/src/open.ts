import type { Clock } from '@gts/kernel';
import type { NatsConnection } from 'nats';
import { fileArtefacts } from './file-artefacts';
import { natsArtefacts } from './nats/nats-artefacts';
import { type Place, placeOf } from './place';
import type { ArtefactStore } from './ports';

export type OpenOptions = Readonly<{
  /** `ARTEFACTS_URL`. */
  url: string;
  /** Whose marks this handle sets and takes away. */
  context: string;
  clock: Clock;
  /** The broker's connection, for `nats:`. */
  nc: NatsConnection;
}>;

/** The store that an address names. @throws Error saying what is wrong with it */
export function openArtefacts({ url, ...rest }: OpenOptions): ArtefactStore {
  const place: Place = placeOf(url);
  if (place.kind === 'file') return fileArtefacts({ ...rest, root: place.root });
  if (place.kind === 'nats') return natsArtefacts({ ...rest, bucket: place.bucket });
  throw new Error('s3: stores are not part of this release');
}
