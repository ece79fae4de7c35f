import type { Pool } from '../postgres/pool.ts';
import { CommandError } from './errors.ts';

/** Name under which the gateway plays a replica set of one. */
export const SET_NAME = 'rs0';
/** How long a set that was just made has no primary. */
const ELECTION_MS = 300;

const TABLE = `create table if not exists public.gateway_set (member text not null)`;
const LOAD = `select member from public.gateway_set`;
const SAVE = `insert into public.gateway_set values ($1)`;

type Config = Readonly<{ _id?: unknown; members?: readonly Readonly<{ host?: unknown }>[] }>;

/** The one member that a configuration names. @throws CommandError 93 */
function memberOf(config: unknown): string {
  const { _id: name, members } = (config ?? {}) as Config;
  const host = Array.isArray(members) && members.length === 1 ? (members[0] as { host?: unknown }).host : undefined;
  if (name === SET_NAME && typeof host === 'string' && host !== '') return host;
  throw new CommandError(93, `this server is a set of one member, ${SET_NAME}`);
}

/** A replica set of one: from the start, or from `replSetInitiate` on, which lies beside the data and outlives it. */
export class ReplicaSet {
  readonly #pool: Pool;
  readonly #now: () => number;
  #member: string | undefined;
  #primaryFrom = 0;

  constructor(pool: Pool, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  /** Takes up what was initiated before. */
  async load(): Promise<void> {
    const [, rows = []] = await this.#pool.use((connection) => connection.run([{ sql: TABLE }, { sql: LOAD }]));
    const member = rows[0]?.[0];
    if (member !== undefined) this.begin(String(member));
  }

  /** Is the primary at once, by this `host:port`. */
  begin(member: string): void {
    this.#member = member;
  }

  /** `host:port` by which clients reach it; nothing before it is initiated. */
  get member(): string | undefined {
    return this.#member;
  }

  get isPrimary(): boolean {
    return this.#member !== undefined && this.#now() >= this.#primaryFrom;
  }

  /** @throws CommandError 10107 while nothing may be written */
  assertPrimary(): void {
    if (!this.isPrimary) throw new CommandError(10_107, 'not primary');
  }

  /** @throws CommandError 23 where it is a set already, 93 for what it cannot be */
  async initiate(config: unknown): Promise<void> {
    if (this.#member !== undefined) throw new CommandError(23, 'already initialized');
    const member = memberOf(config);
    this.#primaryFrom = this.#now() + ELECTION_MS;
    this.#member = member;
    await this.#pool.use((connection) => connection.run([{ sql: SAVE, values: [member] }]));
  }
}
