// What any container with Node costs on this machine: a server without a service, to hold services against.
import type { RunningStack } from './containers.ts';
import { must, run, tagOf } from './engine.ts';

/** Says that it is ready as services do. */
const SERVER = `require('node:http').createServer((_, response) => response.end()).listen(9464, () =>
  console.log(JSON.stringify({ time: new Date().toISOString(), msg: 'ready' })));
process.on('SIGTERM', () => process.exit());`;

const CONFINED =
  '--read-only --cap-drop=all --security-opt=no-new-privileges --user 65532:65532 --memory 384m --pids-limit 256 --tmpfs /tmp';

export type Bare = Readonly<{ container: string; remove: () => void }>;

/** Runs confined as services are and in their network. */
export function bareServer({ project }: RunningStack): Bare {
  const container = `${project}-bare`;
  run('podman', ['rm', '-f', container]);
  const place = ['--label', `com.docker.compose.project=${project}`, '--network', `${project}_gts`];
  const image = ['--entrypoint', 'node', tagOf('gateway'), '-e', SERVER];
  must('podman', ['run', '-d', '--name', container, ...place, ...CONFINED.split(' '), ...image]);
  return { container, remove: () => void run('podman', ['rm', '-f', container]) };
}
