import type { Pool } from '../postgres/pool.ts';
import type { Credential } from './scram.ts';

/** A user with the databases it may use, or all of them. */
export type User = Readonly<{
  database: string;
  name: string;
  credential: Credential;
  databases: 'all' | readonly string[];
}>;

const TABLE = `create table if not exists public.gateway_users (id text primary key, entry text not null)`;
const LOAD = `select entry from public.gateway_users`;
const SAVE = `insert into public.gateway_users values ($1, $2) on conflict (id) do update set entry = excluded.entry`;
const REMOVE = `delete from public.gateway_users where id = $1`;

const idOf = (database: string, name: string) => JSON.stringify([database, name]);

/** Users beside the data, so that they outlive the gateway where the data does. */
export class Users {
  readonly #pool: Pool;
  readonly #byId = new Map<string, User>();

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  static async load(pool: Pool): Promise<Users> {
    const users = new Users(pool);
    const [, rows = []] = await pool.use((connection) => connection.run([{ sql: TABLE }, { sql: LOAD }]));
    for (const [entry] of rows) {
      const user = JSON.parse(String(entry)) as User;
      users.#byId.set(idOf(user.database, user.name), user);
    }
    return users;
  }

  find(database: string, name: string): User | undefined {
    return this.#byId.get(idOf(database, name));
  }

  async save(user: User): Promise<void> {
    const id = idOf(user.database, user.name);
    await this.#run(SAVE, [id, JSON.stringify(user)]);
    this.#byId.set(id, user);
  }

  /** @returns whether there was one */
  async remove(database: string, name: string): Promise<boolean> {
    const id = idOf(database, name);
    await this.#run(REMOVE, [id]);
    return this.#byId.delete(id);
  }

  #run(sql: string, values: readonly string[]): Promise<unknown> {
    return this.#pool.use((connection) => connection.run([{ sql, values }]));
  }
}
