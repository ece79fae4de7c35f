// The container engine of the tests: the one that is running, or podman with what this machine can assemble itself.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { get, type RequestOptions } from 'node:http';
import { delimiter, join } from 'node:path';
import { run } from './engine.ts';
import { startPodman } from './podman-service.ts';
import { ensureMongo, ensureNats } from './standins.ts';

export type TestEngine = Readonly<{ name: string; stop: () => Promise<void> }>;

const NEEDED = ['podman', 'buildah', 'runc', 'debootstrap'];
/** Where Debian puts what podman calls. */
const FOLDERS = ['/usr/sbin', '/usr/lib/podman'];
const HELPERS = ['netavark', 'aardvark-dns'];

const SOCKET = '/var/run/docker.sock';
const NOBODY = 'no container engine is running';

const ANSWERS_WITHIN_MS = 2000;

/** How an address of Docker is asked; nothing where only its own client can, as by ssh. */
function asking(host: string): RequestOptions | undefined {
  const { protocol, pathname, hostname, port } = new URL(host);
  if (protocol === 'unix:') return { socketPath: pathname };
  return protocol === 'tcp:' || protocol === 'http:' ? { hostname, port } : undefined;
}

/** Why no engine can be used; nothing: the one that somebody named answers, or Docker where it listens by itself. */
export async function engineLack(
  host = process.env['DOCKER_HOST'],
  withinMs = ANSWERS_WITHIN_MS,
): Promise<string | undefined> {
  const options = asking(host || `unix://${SOCKET}`);
  if (options === undefined) return undefined;
  const asked = get({ ...options, path: '/_ping', agent: false });
  asked.setTimeout(withinMs, () => asked.destroy(new Error('no answer')));
  const lack = host ? `DOCKER_HOST=${host} does not answer` : NOBODY;
  const found = await once(asked, 'response').then(
    () => undefined,
    () => lack,
  );
  asked.destroy();
  return found;
}

/** What podman lacks on a machine; nothing: it can be used. */
export function lackOf(uid: number | undefined, folders: readonly string[]): string | undefined {
  if (uid !== 0) return `${NOBODY}, and only root may start podman`;
  const missing = [...NEEDED, ...HELPERS].filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  return missing.length === 0 ? undefined : `${NOBODY}, and there is no ${missing.join(', ')}`;
}

/** Without the reaper, which is an image of its own: containers of the tests are known by their label. */
function removeLeft(): void {
  const { stdout } = run('podman', ['ps', '-aq', '--filter', 'label=org.testcontainers=true']);
  const left = stdout.split('\n').filter(Boolean);
  if (left.length > 0) run('podman', ['rm', '-f', ...left]);
}

/** Starts or finds an engine and tells testcontainers by the environment; a text: why there is none. */
export async function testEngine(): Promise<TestEngine | string> {
  const lack = await engineLack();
  if (lack === undefined) return { name: 'the engine that runs here', stop: () => Promise.resolve() };
  if (process.env['DOCKER_HOST']) return lack;
  const why = lackOf(process.getuid?.(), [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS]);
  if (why !== undefined) return why;
  ensureNats();
  await ensureMongo();
  const podman = await startPodman();
  const { DOCKER_HOST } = podman.environment;
  Object.assign(process.env, {
    DOCKER_HOST,
    TESTCONTAINERS_RYUK_DISABLED: 'true',
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
  });
  const stop = async () => {
    removeLeft();
    await podman.stop();
  };
  return { name: 'podman with images assembled here', stop };
}
