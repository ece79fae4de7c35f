// podman and buildah with settings and storage of their own: nothing under /etc changes, nothing is pulled.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../lib/cache-folder.mjs';

export const root = join(import.meta.dirname, '..', '..');
export const cache = cacheFolder();
export const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

const SERVICES = ['gateway', 'identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering'] as const;
/** `ops` is the command line: topology, first steps of the store, demo pack. */
export const IMAGES = [...SERVICES, 'ops'] as const;
export type ImageName = (typeof IMAGES)[number];
export const tagOf = (image: string): string => `localhost/gts-${image}:${version}`;
export const BASE = 'localhost/gts-node:24';

/** crun and the default limits fail inside a container (operations.md §9). */
const containersConf = `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
`;

/** Environment that makes podman and buildah use the settings of this repository. */
export function engineEnvironment(): NodeJS.ProcessEnv {
  const folder = join(cache, 'containers');
  mkdirSync(folder, { recursive: true });
  const [containers, storage] = [join(folder, 'containers.conf'), join(folder, 'storage.conf')];
  writeFileSync(containers, containersConf);
  writeFileSync(
    storage,
    `[storage]\ndriver = "overlay"\ngraphroot = "${join(folder, 'storage')}"\nrunroot = "/run/gts-containers"\n`,
  );
  return { ...process.env, CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage };
}

export type Ended = Readonly<{ status: number; stdout: string; stderr: string }>;
type RunOptions = Readonly<{ input?: Buffer; timeoutMs?: number }>;

/** Runs a program with the engine's environment. @throws Error where the machine does not have it */
export function run(command: string, args: readonly string[], { input, timeoutMs }: RunOptions = {}): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], {
    cwd: root,
    env: engineEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(input && { input }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  if (error) throw new Error(`${command} does not run: ${error.message}`);
  return { status: status ?? 1, stdout, stderr };
}

/** What a program printed. @throws Error with what it said when it failed */
export function must(command: string, args: readonly string[], options?: RunOptions): string {
  const { status, stdout, stderr } = run(command, args, options);
  if (status !== 0)
    throw new Error(
      `${command} ${args.slice(0, 6).join(' ')} … failed (${status}):\n${stdout.slice(-2000)}${stderr.slice(-4000)}`,
    );
  return stdout.trim();
}

export const imageExists = (image: string): boolean => run('podman', ['image', 'exists', image]).status === 0;
/** Empty where there is no such image or label. */
export const labelOf = (image: string, label: string): string =>
  run('podman', ['image', 'inspect', '--format', `{{with .Labels}}{{index . "${label}"}}{{end}}`, image]).stdout.trim();
/** A result. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** What is under way: not on the output, which a bench keeps for its one line. */
export const progress = (text: string): void => void process.stderr.write(`${text}\n`);
