import { deserialize } from 'bson';
import { success } from '../bson/reply.ts';
import { CommandError } from '../gateway/errors.ts';
import type { Command } from '../wire/frame.ts';
import { credentialOf } from './scram.ts';
import { ITERATIONS, newSalt } from './sign-in.ts';
import type { User, Users } from './users.ts';

const BAD_VALUE = 2;
const USER_NOT_FOUND = 11;
const ROLE_NOT_FOUND = 31;
const USER_EXISTS = 51_003;
const ASCII = /^[\x20-\x7e]+$/;

type Role = string | { role: string; db: string };

/** Every role counts as full use of its database: finer ones cannot be tried on this server. */
function databasesOf(roles: unknown, database: string): User['databases'] {
  if (!Array.isArray(roles)) throw new CommandError(BAD_VALUE, 'roles are a list');
  const list = (roles as Role[]).map((each) => (typeof each === 'string' ? { role: each, db: database } : each));
  if (list.some(({ role, db }) => role === 'root' && db === 'admin')) return 'all';
  const strange = list.find(({ role }) => role !== 'readWrite');
  if (strange) throw new CommandError(ROLE_NOT_FOUND, `this server knows readWrite and root, not ${strange.role}`);
  return list.map(({ db }) => db);
}

const passwordOf = (value: unknown): string => {
  if (typeof value === 'string' && ASCII.test(value)) return value;
  throw new CommandError(BAD_VALUE, 'a password here is printable ASCII');
};

export async function makeUser(parts: Omit<User, 'credential'>, password: string): Promise<User> {
  return { ...parts, credential: await credentialOf(password, newSalt(), ITERATIONS) };
}

async function createUser({ database, document }: Command, users: Users): Promise<Buffer> {
  const { createUser: name, pwd, roles } = deserialize(document) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') throw new CommandError(BAD_VALUE, 'createUser needs a name');
  const databases = databasesOf(roles, database);
  if (users.find(database, name)) throw new CommandError(USER_EXISTS, `User "${name}@${database}" already exists`);
  await users.save(await makeUser({ database, name, databases }, passwordOf(pwd)));
  return success();
}

const notFound = (database: string, name: unknown) =>
  new CommandError(USER_NOT_FOUND, `User '${String(name)}@${database}' not found`);

/** What is not given stays as it is. */
async function updateUser({ database, document }: Command, users: Users): Promise<Buffer> {
  const { updateUser: name, pwd, roles } = deserialize(document) as Record<string, unknown>;
  if (pwd === undefined && roles === undefined) throw new CommandError(BAD_VALUE, 'updateUser needs pwd or roles');
  const before = typeof name === 'string' ? users.find(database, name) : undefined;
  if (!before) throw notFound(database, name);
  const after = roles === undefined ? before : { ...before, databases: databasesOf(roles, database) };
  await users.save(pwd === undefined ? after : await makeUser(after, passwordOf(pwd)));
  return success();
}

async function dropUser({ database, document }: Command, users: Users): Promise<Buffer> {
  const { dropUser: name } = deserialize(document) as Record<string, unknown>;
  if (typeof name === 'string' && (await users.remove(database, name))) return success();
  throw notFound(database, name);
}

export const userCommands: Readonly<Record<string, (command: Command, users: Users) => Promise<Buffer>>> = {
  createUser,
  updateUser,
  dropUser,
};
