import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { storeUrlOf } from './store-address';

const LONGEST_MS = 10_000;

export type OutboxRow = Readonly<{ id: string; state: string; stream: string; headers: string }>;
export type DocumentRow = Readonly<{ id: string; body: string }>;

function fromFile<T>(dataDir: string, service: string, sql: string): T[] {
  const file = join(dataDir, 'store', `${service}.sqlite`);
  if (!existsSync(file)) return [];
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return db.prepare(sql).all() as T[];
  } finally {
    db.close();
  }
}

let thread: MessagePort | undefined;

/** A thread of its own: callers wait for it as they wait for a file. */
function reader(): MessagePort {
  if (thread) return thread;
  const { port1, port2 } = new MessageChannel();
  new Worker(join(__dirname, 'mongo-reader.cjs'), { workerData: { port: port2 }, transferList: [port2] }).unref();
  port1.unref();
  return (thread = port1);
}

type Ask = Readonly<{ collection: string; fields: readonly string[] }>;

function fromServer<T>(url: string, ask: Ask): T[] {
  const port = reader();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  port.postMessage({ url, ...ask, flag });
  if (Atomics.wait(flag, 0, 0, LONGEST_MS) === 'timed-out') throw new Error(`no answer about ${ask.collection}`);
  const answer = receiveMessageOnPort(port)?.message as { rows?: T[]; error?: string } | undefined;
  if (!answer?.rows) throw new Error(answer?.error ?? `no answer about ${ask.collection}`);
  return answer.rows;
}

/** The live documents of one collection; none where it was never made. */
export function documentRows(dataDir: string, service: string, name: string): DocumentRow[] {
  const url = storeUrlOf(dataDir, service);
  if (url) {
    const ask = { collection: `c_${name}`, fields: ['id', 'body', 'deletedAt'] };
    return fromServer<DocumentRow & { deletedAt: string | null }>(url, ask).filter((row) => row.deletedAt === null);
  }
  const made = fromFile(dataDir, service, `SELECT 1 FROM sqlite_master WHERE name = 'c_${name}'`).length > 0;
  return made ? fromFile(dataDir, service, `SELECT id, body FROM "c_${name}" WHERE deleted_at IS NULL`) : [];
}

/** Everything that one service ever committed to send. */
export function outboxRows(dataDir: string, service: string): OutboxRow[] {
  const url = storeUrlOf(dataDir, service);
  if (!url) return fromFile(dataDir, service, 'SELECT id, state, stream, headers FROM outbox');
  const ask = { collection: 'outbox', fields: ['state', 'stream', 'headers'] };
  return fromServer<OutboxRow & { _id: string }>(url, ask).map(({ _id, ...row }) => ({ ...row, id: _id }));
}
