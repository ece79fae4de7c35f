import { join } from 'node:path';
import { startPostgres } from './forky/postgres.ts';
import { prepareTree } from './forky/tree.ts';
import { startGateway } from './start-gateway.ts';
import type { Address } from './wire/server.ts';

export type MongoOptions = Readonly<{
  /** Where the unpacked server is kept between runs. */
  cache: string;
  path: string;
  listen: Address;
  advertise?: string;
  txIdleMs: number;
  log: (line: string) => void;
}>;

export type Mongo = Readonly<{ uri: string; ended: Promise<void>; stop: () => Promise<void> }>;

/** Starts a server that speaks MongoDB's wire protocol, with an empty store. @throws Unavailable, naming what lacks */
export async function startMongo({ cache, path, ...options }: MongoOptions): Promise<Mongo> {
  const root = await prepareTree({ folder: join(cache, 'forky'), path, log: options.log });
  const postgres = await startPostgres(root);
  const gateway = await startGateway({ ...options, socket: postgres.socket });
  const stop = async () => {
    await gateway.stop();
    await postgres.stop();
  };
  return { uri: `mongodb://${gateway.address}/?replicaSet=rs0`, ended: postgres.ended, stop };
}
