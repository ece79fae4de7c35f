// One nkey a broker user: the seed in a file of its own, made once; the public half for the broker's keys.conf.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** Path of a user's seed below a folder of secrets. */
export const seedFile = (folder, user) => join(folder, `${user}-nats-nkey`);

/**
 * Public keys by user; seeds that are missing are made.
 * @param mode of the seed files: only their owner reads them, unless a container's user must
 */
export function brokerKeys(folder, users, mode = 0o600) {
  const { newUserSeed, userKey } = require('@gts/messaging');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const publicKey = (user) => {
    const file = seedFile(folder, user);
    if (!existsSync(file)) writeFileSync(file, newUserSeed(), { mode });
    return userKey(readFileSync(file, 'utf8').trim()).publicKey;
  };
  return Object.fromEntries(users.map((user) => [user, publicKey(user)]));
}
