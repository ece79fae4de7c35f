import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { cacheFolder } from '../../lib/cache-folder.mjs';
import { checkMachine } from '../forky/machine.ts';
import { type Postgres, startThrowAway } from '../forky/postgres.ts';
import { prepareTree } from '../forky/tree.ts';
import { Connection } from '../postgres/connection.ts';
import { type GatewayOptions, startGateway } from '../start-gateway.ts';

const HERE = { host: '127.0.0.1', port: 0 };
export const environment = process.env;

/** Why the wire server cannot run on this machine; undefined when it can. */
export function lack(): string | undefined {
  if (environment['MONGODB_LACK'] !== undefined) return environment['MONGODB_LACK'];
  try {
    checkMachine(environment['PATH'] ?? '');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export type World = Readonly<{
  postgres: Postgres;
  /** What gateways wrote for people. */
  logged: string[];
  /** One more gateway over the same PostgreSQL; answers its `host:port`. */
  gateway: (options?: Partial<GatewayOptions>) => Promise<string>;
  /** One in a process of its own, for being killed. */
  gatewayProcess: () => Promise<{ address: string; kill: () => Promise<void> }>;
  connect: (address: string, options?: MongoClientOptions) => Promise<MongoClient>;
  /** PostgreSQL ends the connections of all gateways. */
  dropConnections: () => Promise<void>;
  stop: () => Promise<void>;
}>;

const DROP = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gateway'`;

/** PostgreSQL with as many gateways and clients as a test wants; all end with it. */
export async function startWorld(): Promise<World> {
  const logged: string[] = [];
  const log = (line: string) => void logged.push(line);
  const root = await prepareTree({ folder: join(cacheFolder(), 'forky'), path: environment['PATH'] ?? '', log });
  const postgres = await startThrowAway(root);
  const closers: (() => Promise<unknown>)[] = [postgres.stop];
  const gateway = async (options: Partial<GatewayOptions> = {}) => {
    const { socket } = postgres;
    const { address, stop } = await startGateway({ socket, listen: HERE, txIdleMs: 60_000, log, ...options });
    closers.unshift(stop);
    return address;
  };
  const gatewayProcess = async () => {
    const file = join(__dirname, 'gateway-process.ts');
    const child = spawn(process.execPath, [file, postgres.socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    const kill = async () => {
      if (child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    };
    closers.unshift(kill);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { address: String(line).trim(), kill };
  };
  const connect = async (address: string, options: MongoClientOptions = {}) => {
    const client = new MongoClient(`mongodb://${address}/?replicaSet=rs0`, {
      writeConcern: { w: 'majority', journal: true },
      serverSelectionTimeoutMS: 5000,
      ...options,
    });
    closers.unshift(() => client.close(true));
    return client.connect();
  };
  const dropConnections = async () => {
    const own = await Connection.open(postgres.socket, { user: 'postgres', database: 'postgres' });
    await own.run([{ sql: DROP }]);
    own.close();
  };
  const stop = async () => {
    for (const close of closers) await close();
  };
  return { postgres, logged, gateway, gatewayProcess, connect, dropConnections, stop };
}

let databases = 0;
/** A database that no other test uses. */
export const ownDatabase = (client: MongoClient): Db => client.db(`gateway_${process.pid}_${(databases += 1)}`);
