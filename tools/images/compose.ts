// `npm run compose:podman -- up|down|test|bench`: the compose stack on a machine without Docker.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ensureBase } from './base.ts';
import { bench } from './bench.ts';
import { build, isCurrent } from './build.ts';
import type { RunningStack } from './containers.ts';
import { drills } from './drills.ts';
import { IMAGES, progress, root, run, tagOf } from './engine.ts';
import { type PodmanService, startPodman, withHealth } from './podman-service.ts';
import { ensureMongo, ensureNats } from './standins.ts';
import { freePort } from '../stack/ports.mjs';
import { writeSecrets } from '../stack/deployment-secrets.mjs';

const help = `Usage: npm run compose:podman -- up|down|test|bench [--project NAME]

  up     builds what changed, starts everything, returns with the demo shootout rendered (GTS_PORT, 8080)
  down   stops it and removes its volumes
  test   up on a free port, the checks and kill drills of operations.md, down
  bench  size, cold start and idle memory of the services, tracing on (--json: one line)
`;

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Every image that other sources were built of: nobody judges old code. */
async function images(): Promise<void> {
  ensureBase();
  for (const image of IMAGES.filter((each) => !isCurrent(each))) {
    const start = performance.now();
    build(image);
    progress(`${tagOf(image)} is built: ${seconds(start)}`);
  }
  ensureNats();
  await ensureMongo();
}

type Compose = (...args: readonly string[]) => Promise<void>;

/** docker-compose against podman's socket. @throws Error where it fails */
function composeOver({ environment }: PodmanService, project: string, more: NodeJS.ProcessEnv): Compose {
  return async (...args) => {
    const env = { ...environment, COMPOSE_HTTP_TIMEOUT: '600', GTS_HEALTH_INTERVAL: '2s', ...more };
    const all = ['-p', project, '-f', 'docker-compose.yml', ...args];
    const child = spawn('docker-compose', all, { cwd: root, env, stdio: ['ignore', process.stderr, process.stderr] });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`docker-compose ${args.join(' ')} failed (${code ?? 'killed'})`);
  };
}

async function within<T>(work: (podman: PodmanService) => Promise<T>): Promise<T> {
  const podman = await startPodman();
  try {
    return await work(podman);
  } finally {
    await podman.stop();
  }
}

async function up(compose: Compose): Promise<void> {
  const start = performance.now();
  await withHealth(() => compose('up', '-d'));
  progress(`up with the demo shootout rendered: ${seconds(start)}`);
}

/** What containers said last, where something failed. */
function logs(project: string): void {
  const names = run('podman', [
    'ps',
    '-a',
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--format',
    '{{.Names}} {{.Status}}',
  ]);
  for (const line of names.stdout.split('\n').filter(Boolean)) {
    const { stdout, stderr } = run('podman', ['logs', '--tail', '15', line.split(' ')[0] ?? '']);
    progress(`--- ${line}\n${stdout}${stderr}`);
  }
}

type Work = (stack: RunningStack) => Promise<boolean>;

/** A stack of its own for `work`, gone afterwards. */
async function onStack(podman: PodmanService, project: string, work: Work): Promise<boolean> {
  const port = await freePort();
  const traces = await traceSink();
  const more = { GTS_PORT: String(port), OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint };
  const compose = composeOver(podman, project, more);
  try {
    await up(compose);
    return await work({ project, address: `http://localhost:${port}` });
  } catch (error) {
    logs(project);
    throw error;
  } finally {
    await compose('down', '-v', '-t', '20');
    traces.close();
  }
}

/** Takes traces and forgets them, so that services export for real. */
async function traceSink(): Promise<Readonly<{ endpoint: string; close: () => void }>> {
  const server = createServer((request, response) => void request.resume().on('end', () => response.end('{}')));
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://host.containers.internal:${port}`, close: () => server.close() };
}

const works: Readonly<Record<string, Work>> = { test: drills, bench };

async function main([verb = '', ...rest]: readonly string[]): Promise<number> {
  const at = rest.indexOf('--project');
  const project = at < 0 ? (verb in works ? 'gts-test' : 'gts') : (rest[at + 1] ?? 'gts');
  if (!['up', 'down', ...Object.keys(works)].includes(verb)) {
    process.stderr.write(help);
    return 2;
  }
  return within(async (podman) => {
    const compose = composeOver(podman, project, {});
    if (verb === 'down') await compose('down', '-v');
    else {
      writeSecrets('deploy/compose/secrets');
      await images();
      const work = works[verb];
      if (work) return (await onStack(podman, project, work)) ? 0 : 1;
      await up(compose);
    }
    return 0;
  });
}

process.exitCode = await main(process.argv.slice(2));
