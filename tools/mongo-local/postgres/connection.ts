import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Collector } from '../bytes.ts';
import {
  bind,
  CONNECTION_LOST,
  errorOf,
  execute,
  parse,
  type Row,
  rowOf,
  SqlError,
  startup,
  type Statement,
  sync,
  terminate,
} from './protocol.ts';

type Batch = {
  /** Texts whose parsing this batch asked for and that are not known to have been parsed. */
  readonly unparsed: string[];
  readonly resolve: (results: readonly (readonly Row[])[]) => void;
  readonly reject: (error: Error) => void;
  readonly results: Row[][];
  failure?: SqlError;
};

const HEAD_BYTES = 5;
const lost = () => new SqlError(CONNECTION_LOST, 'the connection to PostgreSQL ended');

/** One connection over a local socket. Batches are answered in order; a batch without BEGIN is one transaction. */
export class Connection {
  readonly #socket: Socket;
  readonly #waiting: Batch[] = [];
  readonly #names = new Map<string, string>();
  readonly #collector = new Collector(HEAD_BYTES, (head) => 1 + head.readInt32BE(1));
  #isOpen = true;
  #lastName = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#end());
  }

  /** @param settings user, database and run-time parameters @throws SqlError as PostgreSQL refuses, or is not there */
  static async open(path: string, settings: Readonly<Record<string, string>>): Promise<Connection> {
    const socket = connect(path);
    await once(socket, 'connect').catch((error: Error) => {
      throw new SqlError(CONNECTION_LOST, error.message);
    });
    const connection = new Connection(socket);
    const ready = connection.#wait([]);
    socket.write(startup(settings));
    await ready;
    return connection;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs the statements in one round trip: their rows, or the first error; those behind it do not run. */
  run(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (!this.#isOpen) return Promise.reject(lost());
    const unparsed = statements.map(({ sql }) => sql).filter((sql) => !this.#names.has(sql));
    const parts = statements.flatMap(({ sql, values = [] }) => {
      const known = this.#names.get(sql);
      const name = known ?? this.#name(sql);
      return [...(known === undefined ? [parse(name, sql)] : []), bind(name, values), execute()];
    });
    this.#socket.write(Buffer.concat([...parts, sync()]));
    return this.#wait([...new Set(unparsed)]);
  }

  close(): void {
    if (this.#isOpen) this.#socket.end(terminate());
    this.#isOpen = false;
  }

  #wait(unparsed: string[]): Promise<readonly (readonly Row[])[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unparsed, resolve, reject, results: [[]] });
    });
  }

  #name(sql: string): string {
    this.#lastName += 1;
    const name = `s${this.#lastName}`;
    this.#names.set(sql, name);
    return name;
  }

  #read(chunk: Buffer): void {
    this.#collector.push(chunk);
    for (let message = this.#collector.take(); message; message = this.#collector.take())
      this.#handle(String.fromCharCode(message.readUInt8(0)), message.subarray(HEAD_BYTES));
  }

  #handle(type: string, body: Buffer): void {
    const batch = this.#waiting[0];
    if (!batch) return;
    if (type === '1') batch.unparsed.shift();
    else if (type === 'D') batch.results.at(-1)?.push(rowOf(body));
    else if (type === 'C') batch.results.push([]);
    else if (type === 'E') batch.failure = errorOf(body);
    else if (type === 'Z') this.#finish(batch);
  }

  #finish(batch: Batch): void {
    this.#waiting.shift();
    for (const sql of batch.unparsed) this.#names.delete(sql);
    if (batch.failure) batch.reject(batch.failure);
    else batch.resolve(batch.results);
  }

  #end(): void {
    this.#isOpen = false;
    for (const batch of this.#waiting.splice(0)) batch.reject(batch.failure ?? lost());
  }
}
