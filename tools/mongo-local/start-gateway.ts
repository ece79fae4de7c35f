import { makeUser } from './access/user-commands.ts';
import { Users } from './access/users.ts';
import { Cursors } from './gateway/cursors.ts';
import type { Gateway } from './gateway/gateway.ts';
import { ReplicaSet } from './gateway/replica-set.ts';
import { RetryableWrites } from './gateway/retryable-writes.ts';
import { openSession } from './gateway/session.ts';
import { Transactions } from './gateway/transactions.ts';
import { Connection } from './postgres/connection.ts';
import { Pool } from './postgres/pool.ts';
import { type Address, listen } from './wire/server.ts';

export type GatewayOptions = Readonly<{
  /** The socket of PostgreSQL. */
  socket: string;
  listen: Address;
  /** `host:port` that clients are told to connect to; the listening address unless given. */
  advertise?: string;
  /** Is no replica set before somebody sends `replSetInitiate`, as a new server is; then clients go where that says. */
  uninitiated?: boolean;
  /** How long a transaction may lie without a command. */
  txIdleMs: number;
  /** How long a single write is tried again while a transaction is in its way; 5 s unless given. */
  patienceMs?: number;
  /** With a first user everybody must sign in. */
  root?: Readonly<{ name: string; password: string }>;
  log: (line: string) => void;
}>;

const SETTINGS = {
  user: 'postgres',
  database: 'postgres',
  application_name: 'gateway',
  search_path: 'documentdb_api,documentdb_core,public',
  // Cursors that any connection can go on with.
  'documentdb.useFileBasedPersistedCursors': 'on',
  client_min_messages: 'error',
};
/** A single write that waits for a lock gives its connection back after this time, and tries again. */
const LOCK_TIMEOUT = '250ms';
/** How long it tries before its client is told. */
const PATIENCE_MS = 5_000;
// Together below max_connections, of which jobs of the extension need a few.
const MOST_SINGLE = 36;
const MOST_TRANSACTIONS = 64;

export type RunningGateway = Readonly<{
  /** `host:port` where it listens. */
  address: string;
  /** `host:port` to which it sends clients. */
  advertised: string;
  stop: () => Promise<void>;
}>;

/** Starts to answer clients over a PostgreSQL that runs. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const now = () => performance.now();
  const open = (settings: Readonly<Record<string, string>>) => () => Connection.open(options.socket, settings);
  const pool = new Pool(open({ ...SETTINGS, lock_timeout: LOCK_TIMEOUT }), MOST_SINGLE);
  const forTransactions = new Pool(open(SETTINGS), MOST_TRANSACTIONS);
  const cursors = new Cursors(now);
  const onEnd = (key: string) => cursors.endTransaction(key);
  const transactions = new Transactions({ pool: forTransactions, now, idleMs: options.txIdleMs, onEnd });
  const replicaSet = new ReplicaSet(pool, now);
  if (options.uninitiated) await replicaSet.load();
  const gateway: Gateway = {
    pool,
    cursors,
    transactions,
    retryable: new RetryableWrites(now),
    users: await Users.load(pool),
    asksForSignIn: options.root !== undefined,
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    replicaSet,
    now,
    log: options.log,
  };
  if (options.root) {
    const { name, password } = options.root;
    await gateway.users.save(await makeUser({ database: 'admin', name, databases: 'all' }, password));
  }
  const server = await listen(options.listen, () => openSession(gateway), options.log);
  const address = `${server.address.host}:${server.address.port}`;
  const advertised = options.advertise ?? address;
  if (!options.uninitiated) replicaSet.begin(advertised);
  const stop = async () => {
    await server.close();
    transactions.close();
    pool.close();
    forTransactions.close();
  };
  return { address, advertised, stop };
}
