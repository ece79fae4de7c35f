// The container engine of the tests: the one that is running, or podman with what this machine can assemble itself.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
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

/** An engine that somebody named, or Docker where it listens by itself. Not asked by testcontainers: it keeps a no. */
export const isEngineRunning = async (): Promise<boolean> => {
  if (process.env['DOCKER_HOST']) return true;
  const asked = get({ socketPath: SOCKET, path: '/_ping' });
  return once(asked, 'response').then(
    () => true,
    () => false,
  );
};

/** What podman lacks on a machine; nothing: it can be used. */
export function lackOf(uid: number | undefined, folders: readonly string[]): string | undefined {
  if (uid !== 0) return 'no container engine is running, and only root may start podman';
  const missing = [...NEEDED, ...HELPERS].filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  return missing.length === 0 ? undefined : `no container engine is running, and there is no ${missing.join(', ')}`;
}

/** Without the reaper, which is an image of its own: containers of the tests are known by their label. */
function removeLeft(): void {
  const { stdout } = run('podman', ['ps', '-aq', '--filter', 'label=org.testcontainers=true']);
  const left = stdout.split('\n').filter(Boolean);
  if (left.length > 0) run('podman', ['rm', '-f', ...left]);
}

/** Starts or finds an engine and tells testcontainers by the environment; a text: why there is none. */
export async function testEngine(): Promise<TestEngine | string> {
  if (await isEngineRunning()) return { name: 'the engine that runs here', stop: () => Promise.resolve() };
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
