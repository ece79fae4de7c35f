import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { placeOf } from '@gts/artefacts';
import { declaredServices, catalogue, topologyOf } from '@gts/contracts';
import { readiness, startOpsServer } from '@gts/nest';
import { parse } from 'yaml';
import {
  brokerLimit,
  listFaults,
  scalerFaults,
  serviceFolders,
  storeNameFaults,
  streamFaults,
  text,
  versionFaults,
  versionsIn,
  workspaces,
} from './agreement.ts';
import { ofKind } from './documents.ts';
import { environmentFaults } from './environment.ts';
import { neededGrace } from './policies.ts';
import { compose, composeEnvironment, overlays, schemas, services, topology, usesOf, workload } from './product.ts';
import { runProgram } from './run-program.ts';
import { environmentOf, type Workload, workloadsIn } from './workload.ts';

const version = (JSON.parse(text('package.json')) as { version: string }).version;

describe('environment and settings of', () => {
  const places = Object.keys(overlays).flatMap((overlay) => services.map((service) => [overlay, service] as const));
  test.each(places)('%s/%s agree', (overlay, service) => {
    const env = environmentOf(workload(overlay, service), overlays[overlay] ?? []);
    expect(environmentFaults(schemas[service] ?? {}, env, usesOf(service))).toEqual([]);
  });

  test.each(services)('compose/%s agree', (service) => {
    expect(environmentFaults(schemas[service] ?? {}, composeEnvironment(service), usesOf(service))).toEqual([]);
  });

  test('planted: a slip, a bare secret, a wrong value, a forgotten setting', () => {
    const { LOG_LEVEL: _forgotten, ...env } = composeEnvironment('gateway');
    const wrong = { ...env, NATS_URLS: 'x', GATEWAY_KEYS: 'k1:x', OPS_PORT: 'many' };
    const faults = environmentFaults(schemas['gateway'] ?? {}, wrong, usesOf('gateway')).join('\n');
    for (const name of ['NATS_URLS', 'GATEWAY_KEYS', 'OPS_PORT', 'LOG_LEVEL']) expect(faults).toContain(name);
  });
});

describe('probes and routes', () => {
  const statusOf = async (path: string) => {
    const state = readiness([], { version, clock: { now: () => '2026-01-01T00:00:00.000Z' as never } });
    const ops = await startOpsServer({
      host: '127.0.0.1',
      port: 0,
      readiness: state,
      live: () => true,
      metrics: () => Promise.resolve(''),
    });
    const { status } = await fetch(`http://127.0.0.1:${ops.port}${path}`);
    await ops.close();
    return status;
  };
  const pathsOf = ({ container: { startupProbe, readinessProbe, livenessProbe } }: Workload) =>
    [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet.path ?? 'missing');

  test.each(services)('of %s agree', async (service) => {
    const answers = await Promise.all(pathsOf(workload('prod', service)).map(statusOf));
    expect(answers).toEqual([200, 200, 200]);
  });

  test('planted: another route is not found', async () => {
    expect(await statusOf('/healthz')).toBe(404);
  });
});

describe('the scaler', () => {
  const prod = overlays['prod'] ?? [];
  const workers = Number(environmentOf(workload('prod', 'rendering'), prod)['RENDER_WORKERS']);

  test('looks at a durable of the topology and counts as many as there are workers', () => {
    expect(ofKind(prod, 'ScaledObject')).toHaveLength(1);
    expect(scalerFaults(prod, topology, workers)).toEqual([]);
  });

  test('planted: another number of workers, a topology without the durable', () => {
    expect(scalerFaults(prod, topology, workers + 1)).toHaveLength(1);
    expect(scalerFaults(prod, { ...topology, consumers: [] }, workers)).toHaveLength(1);
  });
});

describe('names of services', () => {
  const tsconfig = parse(text('tsconfig.json')) as { references: readonly { path: string }[] };
  const lists = {
    'services/': serviceFolders(),
    'declared services': declaredServices.map(({ service }) => service),
    'tsconfig.json': tsconfig.references
      .map(({ path }) => path)
      .filter((path) => /^services\/[^/]+$/.test(path) && path !== 'services/web')
      .map((path) => path.replace('services/', '')),
    'docker-compose.yml': Object.entries(compose.services)
      .filter(([, { environment }]) => 'INTERNAL_SIGNING_KEY_FILE' in environment)
      .map(([name]) => name),
    k8s: ofKind(overlays['prod'] ?? [], 'Deployment').map(({ metadata: { name } }) => name),
    'tools/stack/services.mjs': [
      ...(/SERVICES = \[([^\]]+)\]/.exec(text('tools/stack/services.mjs'))?.[1] ?? '').matchAll(/'([\w-]+)'/g),
    ].map(([, name]) => name ?? ''),
    'these checks': services,
    'deploy/observability/prometheus.yaml': [
      ...text('deploy/observability/prometheus.yaml').matchAll(/- ([\w-]+):9464/g),
    ].map(([, name]) => name ?? ''),
  };

  test('are the same everywhere', () => {
    expect(listFaults(lists)).toEqual([]);
  });

  test('planted: a service that one list lacks', () => {
    expect(listFaults({ ...lists, k8s: lists.k8s.filter((name) => name !== 'identity') })).toEqual([
      'k8s has no identity',
    ]);
  });
});

describe('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gts-secrets-'));
  const made = runProgram(process.execPath, ['tools/cli/main.mjs', 'ops', 'secrets', '--out', folder]);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const mounted = Object.values(compose.secrets).map(({ file }) => basename(file));

  test('that compose mounts are those that are made', () => {
    expect(made?.text).toBe(folder);
    expect(listFaults({ made: readdirSync(folder), 'docker-compose.yml': [...mounted, 'keys.conf'] })).toEqual([]);
  });

  test('planted: a secret that nobody makes', () => {
    expect(listFaults({ made: readdirSync(folder), compose: [...mounted, 'keys.conf', 'x'] })).toEqual([
      'made has no x',
    ]);
  });
});

describe('manifests of workspaces', () => {
  const copied = [...text('deploy/Dockerfile').matchAll(/^COPY (\S+\/package\.json) /gm)].map(([, file]) => file ?? '');

  test('are all copied into the image before dependencies are installed', () => {
    expect(listFaults({ workspaces: workspaces(), 'deploy/Dockerfile': copied })).toEqual([]);
  });

  test('planted: a workspace that the image does not know', () => {
    expect(listFaults({ workspaces: workspaces(), 'deploy/Dockerfile': copied.slice(1) })).toHaveLength(1);
  });
});

describe('the end of a container', () => {
  const secondsOf = (period = '') => Number(/^(\d+)s$/.exec(period)?.[1]);

  test.each(services)('%s has the time it may need in compose', (service) => {
    const need = neededGrace(composeEnvironment(service), 0);
    expect(secondsOf(compose.services[service]?.stop_grace_period)).toBeGreaterThanOrEqual(need);
  });

  test('planted: longer work needs longer grace', () => {
    expect(neededGrace({ WORK_DRAIN: '300s', SHUTDOWN_DELAY: '5s' }, 5)).toBe(325);
  });

  test.each(services)('the heap of %s leaves a quarter of its memory in compose', (service) => {
    const percent = /--max-old-space-size-percentage=(\d+)/.exec(
      composeEnvironment(service)['NODE_OPTIONS'] ?? '',
    )?.[1];
    expect(Number(percent)).toBeLessThanOrEqual(75);
    expect(compose.services[service]?.mem_limit).toMatch(/^\d+[mg]$/);
  });
});

describe('versions', () => {
  const images = Object.values(compose.services)
    .map(({ image }) => image)
    .filter((image) => image.startsWith('localhost/gts-'));
  const found = {
    dev: versionsIn(overlays['dev'] ?? []),
    compose: images.map((image) => image.split(':').at(-1) ?? ''),
    'libs/nest': [/VERSION = '([^']+)'/.exec(text('libs/nest/src/process.ts'))?.[1] ?? ''],
  };

  test('of images, jobs and code are the release', () => {
    expect(images).toHaveLength(services.length + 4);
    expect(versionFaults(version, found)).toEqual([]);
  });

  test('planted: an older image', () => {
    expect(versionFaults(version, { compose: ['0.0.9'] })).toEqual([`compose: 0.0.9, the release is ${version}`]);
  });
});

describe('streams', () => {
  const jobOf = (overlay: string) => {
    const all = workloadsIn(overlays[overlay] ?? []);
    return all.find(({ labels }) => labels['app.kubernetes.io/component'] === 'topology')?.name ?? 'topology job';
  };
  /** The size in the environment of everybody who makes or compares streams. */
  const sizesIn = (overlay: string) =>
    [jobOf(overlay), ...services].map(
      (each) => environmentOf(workload(overlay, each), overlays[overlay] ?? [])['STREAM_LIMITS'],
    );
  const sizes = {
    compose: ['topology', ...services].map((each) => composeEnvironment(each)['STREAM_LIMITS']),
    dev: sizesIn('dev'),
    prod: sizesIn('prod'),
  };

  test('have one size for who makes and who uses them', () => {
    const of = (size: string) => Array.from({ length: services.length + 1 }, () => size);
    expect(sizes).toEqual({ compose: of('development'), dev: of('full'), prod: of('full') });
  });

  /** With the bucket that a cluster's files lie in, as large as its settings say. */
  const place = placeOf(environmentOf(workload('prod', 'rendering'), overlays['prod'] ?? [])['ARTEFACTS_URL'] ?? '');
  const files = place.kind === 'nats' ? place : undefined;
  const all = topologyOf(catalogue, declaredServices, { files }).streams;

  test('have a limit each, and the broker room for all', () => {
    const config = text('deploy/nats/nats.conf');
    expect(config).toContain('sync_interval: always');
    const limits = { file: brokerLimit(config, 'max_file'), memory: brokerLimit(config, 'max_mem') };
    expect(all.some(({ objects }) => objects)).toBe(true);
    expect(streamFaults(all, limits)).toEqual([]);
    const { file } = limits;
    const bucket = all.find(({ objects }) => objects)?.maxBytes ?? 0;
    expect(streamFaults(all, { ...limits, file: file - bucket })).toHaveLength(1);
  });

  test('planted: a small disk, a stream without limit', () => {
    expect(streamFaults(topology.streams, { file: 2 ** 30, memory: 2 ** 30 })).toHaveLength(1);
    const [first] = topology.streams;
    if (!first) throw new Error('there are no streams');
    expect(streamFaults([{ ...first, maxBytes: -1 }], { file: 1, memory: 1 })).toHaveLength(1);
  });
});

describe('databases and users', () => {
  const urls = Object.fromEntries(
    ofKind(overlays['dev'] ?? [], 'Secret')
      .map((secret) => [secret.metadata.name, (secret['data'] as Record<string, string>)['store-url']] as const)
      .filter(([, url]) => url !== undefined)
      .map(([name, url = '']) => [name, Buffer.from(url, 'base64').toString()]),
  );

  test('are named as their contexts', () => {
    expect(Object.keys(urls).toSorted()).toEqual(services.filter((each) => usesOf(each).store).toSorted());
    expect(storeNameFaults(urls)).toEqual([]);
  });

  test('planted: the database of another context', () => {
    expect(storeNameFaults({ identity: 'mongodb://identity:x@host/shootouts' })).toHaveLength(1);
  });
});
