import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { read, UsageError } from './arguments.mjs';

const help = `Usage: npm run -s gts -- store init --member HOST:PORT [--at HOST:PORT] [--wait 60s] [--secrets /run/secrets]

First steps of a MongoDB server, as often as you like: makes it a replica set of one, waits until it may be written, and
gives every service a user of its own database. Users and passwords are read from <service>-store-url in the folder of
secrets. --at says where the server is reached from here, if not by the name under which services know it.

Environment
  STORE_ROOT_PASSWORD_FILE   password of the user "root"
`;
const EXISTS = 51_003;
const ACCESS = 18;
const EVERY_MS = 250;
const mongo = () => createRequire(import.meta.url)('mongodb');

/** Tries until it succeeds. @throws Error with the last failure when the time is over */
async function until(deadline, what, work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what}: ${error.message}`, { cause: error });
      await sleep(EVERY_MS);
    }
  }
}

async function connected(address, { user, password, database }, work) {
  const client = new (mongo().MongoClient)(`mongodb://${address}/${database}`, {
    auth: { username: user, password },
    authSource: database,
    directConnection: true,
    serverSelectionTimeoutMS: 2000,
    connectTimeoutMS: 2000,
  });
  try {
    return await work(await client.connect());
  } finally {
    await client.close();
  }
}

async function replicaSet(admin, member) {
  const { setName } = await admin.command({ hello: 1 });
  if (setName !== undefined) return;
  try {
    await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: member }] } });
  } catch (error) {
    // Another run was faster.
    if (error.code !== 23) throw error;
  }
}

async function writable(admin) {
  const { isWritablePrimary } = await admin.command({ hello: 1 });
  if (!isWritablePrimary) throw new Error('not primary yet');
}

/** A user that can sign in is left alone; one with another password gets this one. */
async function user(client, address, { username, password, database }) {
  try {
    await connected(address, { user: username, password, database }, (own) => own.db(database).command({ ping: 1 }));
    return 'is there';
  } catch (error) {
    if (error.code !== ACCESS) throw error;
  }
  const db = client.db(database);
  const roles = [{ role: 'readWrite', db: database }];
  try {
    await db.command({ createUser: username, pwd: password, roles });
    return 'made';
  } catch (error) {
    if (error.code !== EXISTS) throw error;
    await db.command({ updateUser: username, pwd: password, roles });
    return 'has a new password';
  }
}

function usersIn(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('-store-url'));
  if (names.length === 0) throw new UsageError(`${folder} has no <service>-store-url`, help);
  return names.map((name) => {
    const { username, password, pathname } = new URL(readFileSync(join(folder, name), 'utf8').trim());
    return { username, password: decodeURIComponent(password), database: pathname.slice(1) };
  });
}

async function init({ member, address, secrets, deadline }) {
  const file = process.env.STORE_ROOT_PASSWORD_FILE;
  if (!file) throw new UsageError('STORE_ROOT_PASSWORD_FILE is not set', help);
  const root = { user: 'root', password: readFileSync(file, 'utf8').trim(), database: 'admin' };
  const users = usersIn(secrets);
  await until(deadline, `${address} is no server that root may write to`, () =>
    connected(address, root, async (client) => {
      const admin = client.db('admin');
      await replicaSet(admin, member);
      await until(Math.min(deadline, Date.now() + 10_000), 'the replica set has no primary', () => writable(admin));
      for (const each of users) process.stderr.write(`user ${each.username} ${await user(client, address, each)}\n`);
    }),
  );
}

export async function store(args) {
  const text = { type: 'string' };
  const options = { member: text, at: text, wait: text, secrets: text };
  const { options: given, words } = read(args, options, help);
  if (words.join(' ') !== 'init') throw new UsageError('say what: init', help);
  if (!given.member) throw new UsageError('say which server: --member mongodb:27017', help);
  const [, seconds] = /^(\d+)s$/.exec(given.wait ?? '60s') ?? [];
  if (seconds === undefined) throw new UsageError(`--wait ${given.wait} is no length of time: 60s`, help);
  const deadline = Date.now() + Number(seconds) * 1000;
  const { member, at: address = member } = given;
  await init({ member, address, secrets: given.secrets ?? '/run/secrets', deadline });
}
