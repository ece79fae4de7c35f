import { join } from 'node:path';
import { startKept, startThrowAway } from './forky/postgres.ts';
import { prepareTree } from './forky/tree.ts';
import { type GatewayOptions, startGateway } from './start-gateway.ts';

export type MongoOptions = Omit<GatewayOptions, 'socket'> &
  Readonly<{
    /** Where the unpacked server is kept between runs. */
    cache: string;
    /** `PATH` of the caller, in which its programs are looked for. */
    path: string;
    /** A folder that keeps the data, for the PostgreSQL of this very system; without it a throw-away one is unpacked. */
    data?: string;
  }>;

export type Mongo = Readonly<{
  uri: string;
  /** Resolves when the server behind it ends, wanted or not. */
  ended: Promise<void>;
  stop: () => Promise<void>;
}>;

/** Starts a server that speaks MongoDB's wire protocol. @throws Unavailable, naming what the machine lacks */
export async function startMongo({ cache, path, data, ...options }: MongoOptions): Promise<Mongo> {
  const { log } = options;
  const throwAway = async () => startThrowAway(await prepareTree({ folder: join(cache, 'forky'), path, log }));
  const postgres = data === undefined ? await throwAway() : await startKept(data);
  try {
    const gateway = await startGateway({ ...options, socket: postgres.socket });
    const stop = async () => {
      await gateway.stop();
      await postgres.stop();
    };
    return { uri: `mongodb://${gateway.advertised}/?replicaSet=rs0`, ended: postgres.ended, stop };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
