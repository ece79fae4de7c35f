// One port, said in many places: the setting of a process, its container, Service, ways in, and whoever scrapes it.
import { z } from 'zod';
import { type Manifest, nameOf, ofKind } from './documents.ts';
import { environmentOf, type Workload, workloadsIn } from './workload.ts';

type Named = Readonly<Record<string, number>>;
type Env = Readonly<Record<string, string>>;

/** Listeners of a process by their name in manifests, as its settings say. */
const listeners = (env: Env): Named => ({
  ops: Number(env['OPS_PORT']),
  ...('GTS_PORT' in env && { http: Number(env['GTS_PORT']) }),
});
const served = z.array(z.looseObject({ name: z.string(), port: z.number(), targetPort: z.number() }));
const container = z.array(z.looseObject({ name: z.string(), containerPort: z.number() }));
const backend = z.looseObject({ name: z.string(), port: z.union([z.number(), z.looseObject({})]) });

const same = (where: string, got: Named, want: Named): readonly string[] =>
  [...new Set([...Object.keys(got), ...Object.keys(want)])]
    .filter((name) => got[name] !== want[name])
    .map((name) => `${where}: ${name} is ${got[name] ?? 'not there'}, the process has ${want[name] ?? 'none'}`);

const portsOf = (service: Manifest) => served.parse(z.looseObject({ ports: z.unknown() }).parse(service['spec']).ports);

function ofWorkload({ name, container: own }: Workload, env: Env, manifests: readonly Manifest[]) {
  const want = listeners(env);
  const open = container.parse(own['ports'] ?? []).map((each) => [each.name, each.containerPort] as const);
  const services = ofKind(manifests, 'Service').filter(({ metadata }) => metadata.name === name);
  return [
    ...same(`${name}, container`, Object.fromEntries(open), want),
    ...services.flatMap((each) =>
      same(`${name}, Service`, Object.fromEntries(portsOf(each).map((one) => [one.name, one.targetPort])), want),
    ),
  ];
}

/** Every `{ name, port }` of a backend, wherever an Ingress or a route names it. */
function backendsIn(value: unknown): readonly z.output<typeof backend>[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = backend.safeParse(value);
  return found.success ? [found.data] : Object.values(value).flatMap(backendsIn);
}

/** Whether a Service has the port, by number or by `{ name }` or `{ number }`. */
function isServed(service: Manifest | undefined, port: number | Readonly<Record<string, unknown>>): boolean {
  const { name, number } = typeof port === 'number' ? { name: undefined, number: port } : port;
  return !!service && portsOf(service).some((each) => each.name === name || each.port === number);
}

const ways = (manifests: readonly Manifest[]): readonly string[] =>
  ofKind(manifests, 'Ingress', 'HTTPRoute').flatMap((way) =>
    backendsIn(z.looseObject({ rules: z.unknown() }).parse(way['spec']).rules)
      .filter(({ name, port }) => {
        const service = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === name);
        return !isServed(service, port);
      })
      .map(({ name, port }) => `${nameOf(way)}: the Service ${name} has no port ${JSON.stringify(port)}`),
  );

const monitor = z.looseObject({ podMetricsEndpoints: z.array(z.looseObject({ port: z.string() })).min(1) });
const scraped = (manifests: readonly Manifest[]): readonly string[] =>
  ofKind(manifests, 'PodMonitor').flatMap((each) =>
    monitor
      .parse(each['spec'])
      .podMetricsEndpoints.filter(({ port }) => port !== 'ops')
      .map(({ port }) => `${nameOf(each)}: metrics are on ops, not on ${port}`),
  );

/** Where manifests and the settings of the processes name different ports. */
export const portFaults = (manifests: readonly Manifest[]): readonly string[] => [
  ...workloadsIn(manifests)
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap((each) => ofWorkload(each, environmentOf(each, manifests), manifests)),
  ...ways(manifests),
  ...scraped(manifests),
];

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);

type Compose = Readonly<{ gateway: Env; seed: Env; published: readonly string[] }>;
/** The published port leads to the listener, and people and the seed are told the right one of the two. */
export function composePortFaults({ gateway, seed, published }: Compose): readonly string[] {
  const [, outside, inside] = /:(\d+):(\d+)$/.exec(published[0] ?? '') ?? [];
  const want = Number(gateway['GTS_PORT']);
  return [
    ...(published.length === 1 ? [] : [`${published.length} ports are published, one is wanted`]),
    ...(Number(inside) === want ? [] : [`${inside} is published, the gateway listens on ${want}`]),
    ...(portOf(seed['GTS_URL']) === want ? [] : [`the seed asks ${seed['GTS_URL']}, the gateway listens on ${want}`]),
    ...(portOf(gateway['PUBLIC_URL']) === Number(outside) ? [] : [`PUBLIC_URL is not the published port ${outside}`]),
  ];
}

/** Ports that the image says it opens. */
export const exposedIn = (dockerfile: string): readonly number[] =>
  (/^EXPOSE (.+)$/m.exec(dockerfile)?.[1] ?? '').split(' ').map(Number);
