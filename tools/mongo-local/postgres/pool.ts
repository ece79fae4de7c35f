import type { Connection } from './connection.ts';

type Waiting = { readonly resolve: (connection: Connection) => void; readonly reject: (error: Error) => void };

/** At most `max` connections, opened when needed; who finds none waits in order. */
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
    return new Promise((resolve, reject) => void this.#waiting.push({ resolve, reject }));
  }

  /** Takes it back. A closed one is forgotten, and a new one opened for who waits. */
  release(connection: Connection): void {
    const next = this.#waiting.shift();
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
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the pool is closed'));
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
