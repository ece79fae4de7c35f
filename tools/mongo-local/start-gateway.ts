import { Cursors } from './gateway/cursors.ts';
import type { Gateway } from './gateway/gateway.ts';
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
  /** How long a transaction may lie without a command. */
  txIdleMs: number;
  log: (line: string) => void;
}>;

const SETTINGS = {
  user: 'postgres',
  database: 'postgres',
  search_path: 'documentdb_api,documentdb_core,public',
  // Cursors that any connection can go on with.
  'documentdb.useFileBasedPersistedCursors': 'on',
  client_min_messages: 'error',
};
// Together below max_connections, of which jobs of the extension need a few.
const MOST_SINGLE = 36;
const MOST_TRANSACTIONS = 64;

export async function startGateway(options: GatewayOptions): Promise<{ address: string; stop: () => Promise<void> }> {
  const now = () => performance.now();
  const open = () => Connection.open(options.socket, SETTINGS);
  const pool = new Pool(open, MOST_SINGLE);
  const forTransactions = new Pool(open, MOST_TRANSACTIONS);
  const cursors = new Cursors(now);
  const onEnd = (key: string) => cursors.endTransaction(key);
  const transactions = new Transactions({ pool: forTransactions, now, idleMs: options.txIdleMs, onEnd });
  let advertised = options.advertise ?? '';
  const gateway: Gateway = {
    pool,
    cursors,
    transactions,
    retryable: new RetryableWrites(now),
    advertised: () => advertised,
    now,
    log: options.log,
  };
  const server = await listen(options.listen, () => openSession(gateway), options.log);
  advertised ||= `${server.address.host}:${server.address.port}`;
  const stop = async () => {
    await server.close();
    transactions.close();
    pool.close();
    forTransactions.close();
  };
  return { address: advertised, stop };
}
