import { z } from 'zod';
import { type Manifest, ofKind, rendered } from './documents.ts';
import { workloadsIn } from './workload.ts';

/** The table of operations.md §5. */
const common = { grace: 45, budget: 1, request: '192Mi', limit: '384Mi', cpu: '100m' } as const;
const table = {
  gateway: { ...common, scale: 'cpu 70', least: 2, most: 10, cpu: '200m' },
  identity: { ...common, scale: 'cpu 70', least: 2, most: 6 },
  'gear-catalog': { ...common, scale: 'cpu 70', least: 2, most: 6 },
  'signal-chains': { ...common, scale: 'cpu 70', least: 2, most: 6 },
  shootouts: { ...common, scale: 'cpu 70', least: 2, most: 10 },
  rendering: {
    scale: 'lag of rendering__work',
    least: 1,
    most: 20,
    grace: 150,
    budget: '25%',
    request: '1Gi',
    limit: '2Gi',
    cpu: '2',
  },
};
const job = { grace: 30, request: '128Mi', limit: '256Mi', cpu: '50m' };

const hpa = z.looseObject({
  minReplicas: z.int(),
  maxReplicas: z.int(),
  metrics: z.tuple([
    z.looseObject({ resource: z.looseObject({ target: z.looseObject({ averageUtilization: z.int() }) }) }),
  ]),
});
const keda = z.looseObject({
  minReplicaCount: z.int(),
  maxReplicaCount: z.int(),
  triggers: z.tuple([z.looseObject({ metadata: z.looseObject({ consumer: z.string() }) })]),
});
const named = (manifests: readonly Manifest[], kind: string, name: string) =>
  ofKind(manifests, kind).find((each) => each.metadata.name === name)?.['spec'];

function scaleOf(manifests: readonly Manifest[], name: string) {
  const scaler = named(manifests, 'ScaledObject', name);
  if (scaler) {
    const { minReplicaCount: least, maxReplicaCount: most, triggers } = keda.parse(scaler);
    return { scale: `lag of ${triggers[0].metadata.consumer}`, least, most };
  }
  const {
    minReplicas: least,
    maxReplicas: most,
    metrics,
  } = hpa.parse(named(manifests, 'HorizontalPodAutoscaler', name));
  return { scale: `cpu ${metrics[0].resource.target.averageUtilization}`, least, most };
}

function sizesOf(manifests: readonly Manifest[]) {
  return workloadsIn(manifests).map(({ kind, name, pod, container: { resources } }) => {
    const { requests, limits } = resources;
    const own = {
      grace: pod.terminationGracePeriodSeconds,
      request: requests['memory'],
      limit: limits['memory'],
      cpu: requests['cpu'],
    };
    if (kind === 'Job') return { kind, name, sizes: own };
    const { maxUnavailable: budget } = z
      .looseObject({ maxUnavailable: z.union([z.int(), z.string()]) })
      .parse(named(manifests, 'PodDisruptionBudget', name));
    return { kind, name, sizes: { ...own, budget, ...scaleOf(manifests, name) } };
  });
}

const prod = rendered('k8s/overlays/prod');
const isJob = ({ kind }: { kind: string }) => kind === 'Job';

test('services and jobs of prod have the sizes of the page', () => {
  const found = sizesOf(prod);
  const services = found.filter((each) => !isJob(each)).map(({ name, sizes }) => [name, sizes] as const);
  expect(Object.fromEntries(services)).toEqual(table);
  const jobs = found.filter(isJob);
  expect(jobs).toHaveLength(6);
  for (const { sizes } of jobs) expect(sizes).toEqual(job);
});

test('planted: another limit is seen', () => {
  const more = (each: Manifest): Manifest => ({ ...each, spec: { ...(each['spec'] as object), maxReplicaCount: 21 } });
  const changed = prod.map((each) => (each.kind === 'ScaledObject' ? more(each) : each));
  expect(sizesOf(changed).find(({ name }) => name === 'rendering')?.sizes).toMatchObject({ most: 21 });
});
