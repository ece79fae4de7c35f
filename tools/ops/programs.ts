// Rows 6 to 9 by the programs that operators use themselves; a machine without one skips its row by name.
import { globSync } from 'node:fs';
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

/** A configuration of the broker, read by the server itself. */
export const brokerFaults = (server: string, config: string) => saidBy(server, ['-c', config, '-t']);
