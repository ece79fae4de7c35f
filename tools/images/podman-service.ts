// podman's Docker-compatible socket for docker-compose, and what systemd would do on another machine: health checks.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineEnvironment, run } from './engine.ts';

const FOLDER = '/run/gts-podman';
const SOCKET = `${FOLDER}/podman.sock`;
const HEALTH_EVERY_MS = 500;

/** Containers whose health nobody has found yet, asked one after another. */
function askHealth(): void {
  const listed = run('podman', ['ps', '--filter', 'health=starting', '--format', '{{.ID}}']).stdout;
  for (const id of listed.split('\n').filter(Boolean)) run('podman', ['healthcheck', 'run', id]);
}

export type PodmanService = Readonly<{ environment: NodeJS.ProcessEnv; stop: () => Promise<void> }>;

/** Health is asked for while `work` goes on, and then no more: it takes as much of the machine as a start does. */
export async function withHealth(work: () => Promise<void>): Promise<void> {
  let ended = false;
  const helper = (async () => {
    for (; !ended; await sleep(HEALTH_EVERY_MS)) askHealth();
  })();
  try {
    await work();
  } finally {
    ended = true;
    await helper;
  }
}

async function untilSocket(child: ChildProcess): Promise<void> {
  for (let tries = 0; !existsSync(SOCKET); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error('podman system service does not start');
    await sleep(100);
  }
}

/** Starts the socket; `environment` makes docker-compose use it. */
export async function startPodman(): Promise<PodmanService> {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(SOCKET, { force: true });
  const env = engineEnvironment();
  const child = spawn('podman', ['system', 'service', '--time', '0', `unix://${SOCKET}`], { env, stdio: 'ignore' });
  await untilSocket(child);
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { environment: { ...env, DOCKER_HOST: `unix://${SOCKET}` }, stop };
}
