// A gateway in a process of its own, over a PostgreSQL that somebody else started: `node gateway-process.ts <socket>`.
import { startGateway } from '../start-gateway.ts';

const [socket = ''] = process.argv.slice(2);
const listen = { host: '127.0.0.1', port: 0 };
const { address } = await startGateway({ socket, listen, txIdleMs: 60_000, log: () => {} });
process.stdout.write(`${address}\n`);
