import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection';

const TTL_MS = 10_000;
const HEARTBEAT_MS = 3_000;
const POLL_MS = 200;
const schema = `CREATE TABLE IF NOT EXISTS process_lock (
  id INTEGER PRIMARY KEY CHECK (id = 1), owner TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, expires INTEGER NOT NULL)`;
const TAKE = `INSERT OR REPLACE INTO process_lock VALUES (1, ?, ?, ?, store_now() + ${TTL_MS})`;

type Holder = Readonly<{ owner: string; host: string; pid: number; live: number }>;
/** Owners in this very process: their pid is alive, but so is ours. */
const mine = new Set<string>();

/** One service process per file: a second one waits until the first has stopped, or has died on this host. */
export class ProcessLock {
  #timer: NodeJS.Timeout | undefined;
  lost = false;

  private constructor(
    readonly db: Connection,
    readonly owner: string,
  ) {}

  static async acquire(db: Connection, owner: string, signal?: AbortSignal): Promise<ProcessLock> {
    db.exec(schema);
    const lock = new ProcessLock(db, owner);
    while (!lock.#try()) await pause(POLL_MS, undefined, signal && { signal });
    mine.add(owner);
    return lock;
  }

  /** `write` opens a unit, so that the heartbeat waits its turn. */
  keep(write: (work: () => Promise<void>) => Promise<void>): void {
    this.#timer = setInterval(() => {
      // A heartbeat that fails (a full disk, a busy file) says nothing about the owner: only a row that is gone does.
      write(async () => void (this.lost = !this.#renew())).catch(() => undefined);
    }, HEARTBEAT_MS);
    this.#timer.unref();
  }

  release(): void {
    clearInterval(this.#timer);
    mine.delete(this.owner);
    this.db.run('process_lock', 'DELETE FROM process_lock WHERE owner = ?', this.owner);
  }

  #try(): boolean {
    this.db.run('', 'BEGIN IMMEDIATE');
    try {
      const sql = 'SELECT owner, host, pid, expires > store_now() AS live FROM process_lock';
      const free = !held(this.db.get<Holder>(sql));
      if (free) this.db.run('process_lock', TAKE, this.owner, hostname(), process.pid);
      return free;
    } finally {
      this.db.run('', 'COMMIT');
    }
  }

  #renew(): boolean {
    const sql = `UPDATE process_lock SET expires = store_now() + ${TTL_MS} WHERE owner = ?`;
    return this.db.run('process_lock', sql, this.owner) === 1;
  }
}

function held(holder: Holder | undefined): boolean {
  if (!holder || holder.live === 0) return false;
  if (holder.host !== hostname()) return true;
  return holder.pid === process.pid ? mine.has(holder.owner) : alive(holder.pid);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
