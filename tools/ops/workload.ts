import { z } from 'zod';
import { type Manifest, nameOf, ofKind } from './documents.ts';

const variable = z.looseObject({ name: z.string(), value: z.string().optional() });
const probe = z.looseObject({
  httpGet: z.looseObject({ path: z.string(), port: z.number() }),
  periodSeconds: z.number(),
  failureThreshold: z.number(),
});
const container = z.looseObject({
  image: z.string(),
  args: z.array(z.string()).optional(),
  env: z.array(variable).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: z.looseObject({ name: z.string() }) })).default([]),
  resources: z.looseObject({
    requests: z.record(z.string(), z.string()),
    limits: z.record(z.string(), z.string()),
  }),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  lifecycle: z.looseObject({ preStop: z.looseObject({ sleep: z.looseObject({ seconds: z.number() }) }) }).optional(),
});
const pod = z.looseObject({
  containers: z.tuple([container]).rest(z.unknown()),
  initContainers: z.array(z.unknown()).optional(),
  ephemeralContainers: z.array(z.unknown()).optional(),
  terminationGracePeriodSeconds: z.number(),
  topologySpreadConstraints: z.array(z.looseObject({ whenUnsatisfiable: z.string() })).default([]),
  volumes: z.array(z.looseObject({ secret: z.looseObject({ secretName: z.string() }).optional() })).default([]),
});
const workload = z.looseObject({
  replicas: z.number().optional(),
  template: z.looseObject({
    metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
    spec: pod,
  }),
});

export type Container = z.output<typeof container>;
/** A Deployment or Job with the parts that rules speak of. */
export type Workload = Readonly<{
  kind: string;
  name: string;
  replicas: number | undefined;
  labels: Readonly<Record<string, string>>;
  pod: z.output<typeof pod>;
  container: Container;
}>;

/** @throws Error for a manifest that has not the shape of a workload */
function workloadOf(document: Manifest): Workload {
  const parsed = workload.safeParse(document['spec']);
  if (!parsed.success) throw new Error(`${nameOf(document)}: ${parsed.error.message}`);
  const { replicas, template } = parsed.data;
  const [only] = template.spec.containers;
  const { kind } = document;
  return {
    kind,
    name: document.metadata.name,
    replicas,
    labels: template.metadata.labels,
    pod: template.spec,
    container: only,
  };
}
export const workloadsIn = (manifests: readonly Manifest[]): readonly Workload[] =>
  ofKind(manifests, 'Deployment', 'Job').map(workloadOf);

/** Whether a list of containers stands anywhere in it, whatever kind it is. */
export function runsContainers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('containers' in value && Array.isArray(value.containers)) return true;
  return Object.values(value).some(runsContainers);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes of a quantity such as `384Mi`; NaN for what is none. */
export function bytesOf(quantity: string | undefined): number {
  const [, number, unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(quantity ?? '') ?? [];
  return Number(number ?? NaN) * (UNITS[unit] ?? NaN);
}

/** What the container sees as its environment: the ConfigMaps, then its own variables. */
export function environmentOf({ container: { env, envFrom } }: Workload, manifests: readonly Manifest[]) {
  const maps = ofKind(manifests, 'ConfigMap');
  const given = envFrom.map(({ configMapRef: { name } }) => {
    const map = maps.find((each) => each.metadata.name === name);
    if (!map) throw new Error(`there is no ConfigMap ${name}`);
    return z.record(z.string(), z.string()).parse(map['data']);
  });
  const own = env.map(({ name, value }) => [name, value ?? ''] as const);
  return { ...Object.assign({}, ...given), ...Object.fromEntries(own) } as Readonly<Record<string, string>>;
}
