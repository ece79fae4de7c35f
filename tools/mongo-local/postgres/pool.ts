import type { Connection } from './connection.ts';
import { SqlError } from './protocol.ts';

type Waiting = {
  readonly resolve: (connection: Connection) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};

const TOO_MANY_CONNECTIONS = '53300';
const WAIT_MS = 10_000;

/** At most `max` connections, opened when needed; who finds none waits in order, at most 10 s. */
export class Pool {
  readonly #open: () => Promise<Connection>;
  readonly #max: number;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  readonly #waiting: Waiting[] = [];
  #opening = 0;

  constructor(open: () => Promise<Connection>, max: number) {
    this.#open = open;
    this.#max = max;
  }

  /** Lends a connection for one piece of work. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.acquire();
    try {
      return await work(connection);
    } finally {
      this.release(connection);
    }
  }

  async acquire(): Promise<Connection> {
    const idle = this.#idle.pop();
    if (idle?.isOpen) return idle;
    if (idle) this.#all.delete(idle);
    if (this.#all.size + this.#opening < this.#max) return this.#openOne();
    return this.#wait();
  }

  /** Takes it back. A closed one is forgotten, and a new one opened for who waits. */
  release(connection: Connection): void {
    const next = this.#waiting.shift();
    clearTimeout(next?.timer);
    if (connection.isOpen) {
      if (next) next.resolve(connection);
      else this.#idle.push(connection);
      return;
    }
    this.#all.delete(connection);
    if (next) this.#openOne().then(next.resolve, next.reject);
  }

  close(): void {
    for (const connection of this.#all) connection.close();
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(new Error('the pool is closed'));
    }
  }

  #wait(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new SqlError(TOO_MANY_CONNECTIONS, `no connection became free within ${WAIT_MS} ms`));
      };
      const waiting: Waiting = { resolve, reject, timer: setTimeout(giveUp, WAIT_MS) };
      this.#waiting.push(waiting);
    });
  }

  async #openOne(): Promise<Connection> {
    this.#opening += 1;
    try {
      const connection = await this.#open();
      this.#all.add(connection);
      return connection;
    } finally {
      this.#opening -= 1;
    }
  }
}
