// The broker of Debian's next release beside the one of this machine: unpacked, never installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { aptOf } from '../mongo-local/forky/packages.ts';

const PACKAGE = 'nats-server';
const folderOf = (cache) => join(cache, 'forky-nats');
const binaryIn = (tree) => join(tree, 'usr', 'sbin', 'nats-server');

function said(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status === 0) return stdout;
  throw new Error(error ? `${command} is not here` : `${command} ${args[0]}: ${stderr.trim().split('\n').at(-1)}`);
}

function fetched(folder) {
  const env = { ...process.env, ...aptOf(folder) };
  said('apt-get', ['-qq', 'update'], { env });
  said('apt-get', ['-qq', 'download', PACKAGE], { env, cwd: folder });
  const deb = readdirSync(folder).find((name) => name.startsWith(`${PACKAGE}_`) && name.endsWith('.deb'));
  const half = join(folder, 'half');
  rmSync(half, { recursive: true, force: true });
  said('dpkg-deb', ['-x', join(folder, deb), half]);
  rmSync(join(folder, deb));
  renameSync(half, join(folder, 'tree'));
}

/** Path and version of the newer broker, fetched on the first call of a machine. @throws Error saying what lacks */
export function newerNats(cache = process.env.GTS_CACHE ?? join(root, 'node_modules', '.cache', 'gts')) {
  const folder = folderOf(cache);
  const path = binaryIn(join(folder, 'tree'));
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    fetched(folder);
  }
  return { path, version: /v([\d.]+)/.exec(said(path, ['--version']))?.[1] };
}
