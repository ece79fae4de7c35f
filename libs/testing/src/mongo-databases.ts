import { randomUUID } from 'node:crypto';

export type MongoDatabases = Readonly<{
  /**
   * Address of a database that nobody else uses; made by its first use, gone after `drop`. With `parts`, the front of
   * the names of several: `<front>_<part>`.
   */
  fresh(parts?: readonly string[]): string;
  /** Removes all that `fresh` gave out. */
  drop(): Promise<void>;
}>;

/** Where the tests' MongoDB listens; nothing where this machine has none. */
export const mongoUri = (): string | undefined => process.env['MONGODB_URI'];

/** What `npm test` found lacking for a wire server of its own, or how to get one for a single spec. */
const lack = (): string => process.env['MONGODB_LACK'] ?? 'no MONGODB_URI; npm run mongo:local prints one';

/** A suite that needs MongoDB; elsewhere it is skipped under a name that says what is missing. */
export function describeOnMongo(name: string, suite: () => void): void {
  const [run, why] = mongoUri() ? [describe, ''] : [describe.skip, ` (skipped: ${lack()})`];
  run(`${name}${why}`, suite);
}

/** Databases of one spec file, named so that files never share one. */
export function mongoDatabases(suite: string, uri = mongoUri()): MongoDatabases {
  const names: string[] = [];
  const run = randomUUID().slice(0, 8);
  const addressOf = (name: string): string => {
    const url = new URL(uri ?? 'mongodb://none');
    // The user of the tests lives beside, not inside, the databases that it makes.
    if (url.username !== '' && !url.searchParams.has('authSource')) url.searchParams.set('authSource', 'admin');
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    fresh: (parts) => {
      const name = `${suite}_${process.pid}_${run}_${names.length}`;
      names.push(...(parts?.map((part) => `${name}_${part}`) ?? [name]));
      return addressOf(name);
    },
    drop: async () => {
      const { MongoClient } = await import('mongodb');
      const client = new MongoClient(addressOf('admin'), { serverSelectionTimeoutMS: 5000 });
      for (const name of names.splice(0)) await client.db(name).dropDatabase();
      await client.close();
    },
  };
}
