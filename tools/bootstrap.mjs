// Brings the dependencies and the pinned Node. Runs on any Node from 18 up: built-in modules only, no newer syntax.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const node = join(modules, 'node', 'bin', 'node');
const stamp = join(modules, '.installed');

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Installing dependencies (about a minute the first time)\n');
  // The machine's own Node may be older than what the dependencies ask for; they never run on it.
  const env = { ...process.env, npm_config_engine_strict: 'false', npm_config_loglevel: 'error' };
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit', env });
  if (error) throw error;
  if (status !== 0) process.exit(status || 1);
  if (!existsSync(node))
    throw new Error('npm skipped the install script of "node": run npm ci without --ignore-scripts');
  writeFileSync(stamp, wanted);
}

/** Installs what is missing, then runs `script` (a path in tools/) under the pinned Node with the same arguments. */
export function runUnderPinnedNode(script) {
  install();
  const env = { ...process.env, PATH: `${dirname(node)}:${join(modules, '.bin')}:${process.env.PATH}` };
  // spawn, not spawnSync: only so can signals be passed on.
  const child = spawn(node, [join(root, 'tools', script), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env,
  });
  // A terminal sends SIGINT to the child as well; who starts us by hand (kill -INT) reaches it only so.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
