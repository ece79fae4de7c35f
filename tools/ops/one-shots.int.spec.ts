import type { Environment } from './environment.ts';
import { environmentFaults } from './environment.ts';
import { commandOf, commands, disagreements, unreadSettings } from './one-shots.ts';
import { compose, composeEnvironment, overlays, schemas, services, usesOf, workload } from './product.ts';
import { environmentOf, workloadsIn } from './workload.ts';

const OPS_IMAGE = /(^|\/)gts-ops[:@]/;
const inCluster = (overlay: string, name: string): Environment =>
  environmentOf(workload(overlay, name), overlays[overlay] ?? []);
const jobsOf = (overlay: string) => workloadsIn(overlays[overlay] ?? []).filter(({ kind }) => kind === 'Job');
const byService = (of: (service: string) => Environment) =>
  Object.fromEntries(services.map((service) => [service, of(service)]));

type OneShot = Readonly<{ args: readonly string[]; env: Environment; among: Readonly<Record<string, Environment>> }>;
const ofCluster = (overlay: string): readonly (readonly [string, OneShot])[] =>
  jobsOf(overlay)
    .filter(({ container: { image } }) => OPS_IMAGE.test(image))
    .map(({ name, container: { args = [] } }) => [
      `${overlay}/${name}`,
      { args, env: inCluster(overlay, name), among: byService((service) => inCluster(overlay, service)) },
    ]);
const ofCompose = Object.entries(compose.services)
  .filter(([, { image }]) => OPS_IMAGE.test(image))
  .map(([name, { command }]): readonly [string, OneShot] => [
    `compose/${name}`,
    { args: command, env: composeEnvironment(name), among: byService(composeEnvironment) },
  ]);
const oneShots = [...ofCluster('dev'), ...ofCluster('prod'), ...ofCompose];

const faultsOf = ({ args, env, among }: OneShot) => {
  const command = commandOf(args);
  // Who runs once and makes the bucket of files must know it where a service does.
  const files = Object.values(among).some((each) => each['ARTEFACTS_URL']?.startsWith('nats:'));
  return [...environmentFaults(command.settings, env, { store: true, files }), ...disagreements(command, env, among)];
};

describe('what runs once', () => {
  test('is found everywhere', () => {
    expect(oneShots.map(([name]) => name.replace(/-\d+-\d+-\d+$/, ''))).toEqual([
      'dev/topology-apply',
      'prod/topology-apply',
      'compose/init',
      'compose/topology',
      'compose/seed',
      'compose/seeded',
    ]);
  });

  test.each(oneShots)('%s has the settings of its command, as the services have them', (_name, each) => {
    expect(faultsOf(each)).toEqual([]);
  });

  test.each(Object.entries(commands))('"%s" reads each of its settings', (_name, command) => {
    expect(unreadSettings(command)).toEqual([]);
  });

  test('planted: a slip, another number of copies, another size, another bucket, no bucket', () => {
    const [, real] = oneShots.find(([name]) => name.startsWith('prod/')) ?? [];
    if (!real) throw new Error('prod makes no topology');
    const { NATS_REPLICAS: copies, ARTEFACTS_URL: _bucket, ...rest } = real.env;
    const wrong: Readonly<Record<string, Environment>> = {
      NATS_REPLICA: { ...real.env, NATS_REPLICA: copies ?? '' },
      NATS_REPLICAS: { ...real.env, NATS_REPLICAS: '1' },
      STREAM_LIMITS: { ...real.env, STREAM_LIMITS: 'development' },
      ARTEFACTS_URL: { ...real.env, ARTEFACTS_URL: 'nats:artifacts' },
      'ARTEFACTS_URL: not stated': { ...rest, NATS_REPLICAS: copies ?? '' },
      'NATS_REPLICAS: not stated': { ...rest, ARTEFACTS_URL: 'nats:artefacts' },
    };
    for (const [name, env] of Object.entries(wrong)) expect(faultsOf({ ...real, env }).join('\n')).toContain(name);
  });

  test('planted: a command that nobody knows, a setting that nobody reads', () => {
    expect(() => commandOf(['topology', 'destroy'])).toThrow('"topology destroy"');
    expect(unreadSettings({ ...commandOf(['demo', 'seed']), sources: ['tools/cli/store.mjs'] })).toEqual([
      'GTS_URL',
      'PUBLIC_URL',
    ]);
  });
});

describe('migrations', () => {
  const migrations = ['dev', 'prod'].flatMap((overlay) =>
    jobsOf(overlay)
      .filter(({ container: { image } }) => !OPS_IMAGE.test(image))
      .map(({ name }) => [overlay, name, /^migrate-(.+?)-\d/.exec(name)?.[1] ?? ''] as const),
  );

  test('are one for each service with a store', () => {
    const stored = services.filter((service) => usesOf(service).store).toSorted();
    for (const overlay of ['dev', 'prod'])
      expect(migrations.filter(([at]) => at === overlay).map((each) => each[2])).toEqual(stored);
  });

  test.each(migrations)('%s/%s has the settings of its service', (overlay, name, service) => {
    const env = inCluster(overlay, name);
    expect(environmentFaults(schemas[service] ?? {}, env, usesOf(service))).toEqual([]);
    const shared = Object.entries(inCluster(overlay, service)).filter(([key]) => key in (schemas[service] ?? {}));
    expect(env).toMatchObject({ ...Object.fromEntries(shared), MIGRATIONS: 'apply' });
  });
});
