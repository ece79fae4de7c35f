import { text } from './agreement.ts';
import { type Manifest, nameOf, ofKind, rendered } from './documents.ts';
import { composePortFaults, exposedIn, portFaults } from './ports.ts';
import { compose, composeEnvironment, overlays, services } from './product.ts';

const everything = rendered('tools/ops/everything');
const inCompose = {
  gateway: composeEnvironment('gateway'),
  seed: composeEnvironment('seed'),
  published: compose.services['gateway']?.ports ?? [],
};
const scrapedIn = (config: string) => [...config.matchAll(/- [\w-]+:(\d+)/g)].map(([, port]) => port);

test.each(Object.entries({ ...overlays, everything }))('%s: settings, containers, Services, ways in', (_name, all) => {
  expect(portFaults(all)).toEqual([]);
});

test('compose publishes the listener, and tells people and the seed where it is', () => {
  expect(composePortFaults(inCompose)).toEqual([]);
});

test('image, collector of metrics and compose agree', () => {
  const { OPS_PORT, GTS_PORT } = composeEnvironment('gateway');
  expect(exposedIn(text('deploy/Dockerfile'))).toEqual([Number(GTS_PORT), Number(OPS_PORT)]);
  expect(new Set(services.map((service) => composeEnvironment(service)['OPS_PORT']))).toEqual(new Set([OPS_PORT]));
  expect(new Set(scrapedIn(text('deploy/observability/prometheus.yaml')))).toEqual(new Set([OPS_PORT]));
});

const publicUrlsOf = (manifests: readonly Manifest[]) =>
  ofKind(manifests, 'ConfigMap').flatMap(({ data }) => (data as { PUBLIC_URL?: string }).PUBLIC_URL ?? []);

test('dev has no way in: people come by a forwarded port, and cookies and Origin are judged by its address', () => {
  const { GTS_PORT } = composeEnvironment('gateway');
  expect(publicUrlsOf(overlays['dev'] ?? [])).toEqual([`http://localhost:${GTS_PORT}`]);
  expect(publicUrlsOf(overlays['prod'] ?? [])).toEqual([expect.stringMatching(/^https:/)]);
});

type Change = Readonly<{ of: string; from: string; to: string; faults?: number }>;
/** All components with one text of one document changed. */
function changed({ of, from, to }: Change): readonly Manifest[] {
  const isMeant = (each: Manifest) => nameOf(each).startsWith(of);
  const before = JSON.stringify(everything.filter(isMeant));
  expect(before).toContain(from);
  return [
    ...everything.filter((each) => !isMeant(each)),
    ...(JSON.parse(before.replaceAll(from, to)) as readonly Manifest[]),
  ];
}
const planted: Readonly<Record<string, Change>> = {
  'another setting': { of: 'ConfigMap gateway', from: '"GTS_PORT":"8080"', to: '"GTS_PORT":"8081"', faults: 2 },
  'another health port': { of: 'ConfigMap identity', from: '"OPS_PORT":"9464"', to: '"OPS_PORT":"9465"', faults: 2 },
  'another container port': { of: 'Deployment gateway', from: '"containerPort":8080', to: '"containerPort":8081' },
  'another target': { of: 'Service gateway', from: '"targetPort":8080', to: '"targetPort":8081' },
  'an Ingress to no port': { of: 'Ingress', from: '"name":"http"', to: '"name":"web"' },
  'a route to no port': { of: 'HTTPRoute', from: '"port":80', to: '"port":8080' },
  'metrics elsewhere': { of: 'PodMonitor', from: '"port":"ops"', to: '"port":"http"' },
};
test.each(Object.entries(planted))('planted: %s', (_title, change) => {
  expect(portFaults(changed(change))).toHaveLength(change.faults ?? 1);
});

test.each([
  ['another listener', { gateway: { ...inCompose.gateway, GTS_PORT: '8081' } }, 2],
  ['a seed that asks elsewhere', { seed: { GTS_URL: 'http://gateway:80' } }, 1],
  ['people sent elsewhere', { published: ['127.0.0.1:9000:8080'] }, 1],
  ['two ports', { published: [...inCompose.published, '127.0.0.1:9464:9464'] }, 1],
] as const)('planted in compose: %s', (_title, change, count) => {
  expect(composePortFaults({ ...inCompose, ...change })).toHaveLength(count);
});
