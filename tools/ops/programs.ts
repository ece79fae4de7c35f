// Rows 6 to 9 by the programs that operators use themselves; a machine without one skips its row by name.
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUserSeed, userKey } from '@gts/messaging';
import { root, runProgram } from './run-program.ts';

/** Thrown where a program is not on this machine. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/** What a program says against its arguments. @throws Missing */
export function saidBy(command: string, args: readonly string[]): readonly string[] {
  const ended = runProgram(command, args);
  if (!ended) throw new Missing(`${command} is not installed`);
  return ended.ok ? [] : [`${command}: ${ended.text.split('\n').slice(0, 8).join(' | ')}`];
}

const files = (...patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root, exclude: (name) => name === 'node_modules' || name === 'broken' }).toSorted();

export const shellScripts = (): string[] => files('deploy/**/*.sh', 'tools/**/*.sh');
export const yamlFiles = (): string[] =>
  files('k8s/**/*.yaml', 'deploy/**/*.yaml', 'docker-compose.yml').filter((file) => !file.includes('/demo/'));

export const shellFaults = (scripts: readonly string[]) => saidBy('shellcheck', scripts);
export const yamlFaults = (names: readonly string[]) =>
  saidBy('yamllint', ['--strict', '-c', 'deploy/yamllint.yaml', ...names]);

/** Rules of alerts, and their tests where there are some. */
export const alertFaults = (rules: string, tests?: string) => [
  ...saidBy('promtool', ['check', 'rules', rules]),
  ...(tests === undefined ? [] : saidBy('promtool', ['test', 'rules', tests])),
];

/** A public key whose seed nobody keeps. */
const anyKey = (): string => userKey(newUserSeed()).publicKey;

/**
 * A folder with the broker's configuration, read by the server itself: `nats.conf`, for 2.9 the file that has no
 * `sync_interval`. Keys are of the deployment, so sample ones stand in for them.
 */
export function brokerFaults(server: string, folder: string): readonly string[] {
  const version = runProgram(server, ['--version']);
  if (!version) throw new Missing(`${server} is not installed`);
  const copy = mkdtempSync(join(tmpdir(), 'gts-nats-'));
  try {
    cpSync(join(root, folder), copy, { recursive: true });
    const users = join(copy, 'users.conf');
    const names = existsSync(users) ? readFileSync(users, 'utf8').matchAll(/\$(NKEY_\w+)/g) : [];
    writeFileSync(join(copy, 'keys.conf'), [...names].map(([, name]) => `${name}: ${anyKey()}\n`).join(''));
    return saidBy(server, ['-c', join(copy, /v2\.9\./.test(version.text) ? 'nats-2.9.conf' : 'nats.conf'), '-t']);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
