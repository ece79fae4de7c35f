// Where the broker is and who asks it: the environment of a service, or what a running `npm start` wrote down.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../bootstrap.mjs';

/** What the starter of this data folder wrote down; undefined where it never ran. */
export function stackFacts({ GTS_DATA_DIR = '.data' } = process.env) {
  const file = join(resolve(root, GTS_DATA_DIR), 'stack.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The environment as a stack that runs here has it: what it was started with goes before what this shell has. */
export const settingsOf = (env, facts) => ({ ...env, ...facts?.settings });

/** Address of the broker, files with seed and authority, its monitors. */
export function brokerSettings(env = process.env) {
  const said = (name) => env[name] || undefined;
  const facts = env.NATS_URL === undefined ? stackFacts(env) : undefined;
  return {
    url: said('NATS_URL') ?? facts?.natsUrl ?? 'nats://127.0.0.1:4222',
    seed: said('NATS_NKEY_FILE') ?? facts?.natsSeedFile,
    caFile: said('NATS_CA_FILE'),
    monitors: env.NATS_MONITOR_URLS ?? facts?.natsMonitorUrl,
  };
}
