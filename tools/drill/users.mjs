// One user a service, who may use its own database and no other: as in production (operations.md §2).
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { storeOf } from '../stack/store-url.mjs';

const require = createRequire(import.meta.url);
const FORBIDDEN = 13;

function addressFor(mongo, service, password) {
  const url = new URL(storeOf(mongo, service));
  url.username = service.replaceAll('-', '_');
  url.password = password;
  // The user lives in the database that he may use.
  url.searchParams.delete('authSource');
  return url.href;
}

/** @throws Error where a user may read what belongs to another service */
async function assertConfined(address, foreign) {
  const { MongoClient } = require('mongodb');
  const client = await new MongoClient(address).connect();
  try {
    await client.db(foreign).collection('outbox').findOne({});
  } catch (error) {
    if (error.code === FORBIDDEN) return;
    throw error;
  } finally {
    await client.close();
  }
  throw new Error(`a user of one database may read ${foreign}: the drill would prove nothing about rights`);
}

/** Makes them. @returns the address of each service's store, and their end */
export async function makeUsers(mongo, services) {
  const { MongoClient } = require('mongodb');
  const client = await new MongoClient(mongo).connect();
  const databaseOf = (service) => new URL(storeOf(mongo, service)).pathname.slice(1);
  const urls = new Map();
  for (const service of services) {
    const [db, pwd] = [databaseOf(service), randomBytes(18).toString('base64url')];
    const address = addressFor(mongo, service, pwd);
    const roles = [{ role: 'readWrite', db }];
    await client.db(db).command({ createUser: new URL(address).username, pwd, roles });
    urls.set(service, address);
  }
  const [first, second] = services;
  await assertConfined(urls.get(first), databaseOf(second));
  return {
    storeUrlOf: (service) => urls.get(service),
    drop: async () => {
      for (const [service, address] of urls)
        await client.db(databaseOf(service)).command({ dropUser: new URL(address).username });
      await client.close();
    },
  };
}
