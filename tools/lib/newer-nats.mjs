// The broker of Debian's next release beside the one of this machine: unpacked, never installed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptOf } from '../mongo-local/forky/packages.ts';
import { cacheFolder } from './cache-folder.mjs';

const PACKAGE = 'nats-server';

function said(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status === 0) return stdout;
  throw new Error(error ? `${command} is not here` : `${command} ${args[0]}: ${stderr.trim().split('\n').at(-1)}`);
}

/** In a folder of its own until all is there: several clones may fetch at once. */
function fetched(tree) {
  const folder = mkdtempSync(`${tree}.`);
  try {
    const env = { ...process.env, ...aptOf(folder) };
    said('apt-get', ['-qq', 'update'], { env });
    said('apt-get', ['-qq', 'download', PACKAGE], { env, cwd: folder });
    const deb = readdirSync(folder).find((name) => name.startsWith(`${PACKAGE}_`) && name.endsWith('.deb'));
    said('dpkg-deb', ['-x', join(folder, deb), join(folder, 'tree')]);
    if (!existsSync(tree)) renameSync(join(folder, 'tree'), tree);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Path and version of the newer broker, fetched on the first call of a machine. @throws Error saying what lacks */
export function newerNats() {
  const tree = join(cacheFolder(), 'forky-nats', 'tree');
  const path = join(tree, 'usr', 'sbin', 'nats-server');
  if (!existsSync(path)) {
    mkdirSync(dirname(tree), { recursive: true });
    fetched(tree);
  }
  return { path, version: /v([\d.]+)/.exec(said(path, ['--version']))?.[1] };
}
