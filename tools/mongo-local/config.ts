import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../lib/cache-folder.mjs';
import type { MongoOptions } from './start.ts';

/** `withStdin`: who started us holds our standard input open, and its end is ours. */
export type Options = Omit<MongoOptions, 'log'> & Readonly<{ withStdin: boolean }>;

type Environment = Readonly<Record<string, string | undefined>>;
const ARGUMENTS = {
  listen: { type: 'string', default: '127.0.0.1:0' },
  advertise: { type: 'string' },
  data: { type: 'string' },
  'tx-idle': { type: 'string', default: '60' },
  uninitiated: { type: 'boolean', default: false },
  'with-stdin': { type: 'boolean', default: false },
} as const;

/** The first user, by the names under which the official image takes it. */
function rootOf(env: Environment): Options['root'] {
  const name = env['MONGO_INITDB_ROOT_USERNAME'];
  const file = env['MONGO_INITDB_ROOT_PASSWORD_FILE'];
  const password = file === undefined ? env['MONGO_INITDB_ROOT_PASSWORD'] : readFileSync(file, 'utf8').trimEnd();
  return name && password ? { name, password } : undefined;
}

function addressOf(text: string): Options['listen'] {
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new TypeError(`--listen wants host:port, not ${text}`);
  return { host, port: Number(port) };
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new TypeError(`--tx-idle wants seconds, not ${text}`);
  return seconds;
}

/** Reads arguments and environment. @throws TypeError for what is not understood */
export function readOptions(args: readonly string[] = process.argv.slice(2), env: Environment = process.env): Options {
  // Positionals are let pass: in an image the arguments of the official server stand behind ours.
  const { values } = parseArgs({ args: [...args], options: ARGUMENTS, allowPositionals: true });
  const { advertise, data, listen, uninitiated } = values;
  const root = rootOf(env);
  return {
    cache: cacheFolder(env),
    path: env['PATH'] ?? '',
    listen: addressOf(listen),
    ...(advertise !== undefined && { advertise }),
    ...(data !== undefined && { data: resolve(data) }),
    ...(root && { root }),
    uninitiated,
    txIdleMs: secondsOf(values['tx-idle']) * 1000,
    withStdin: values['with-stdin'],
  };
}
