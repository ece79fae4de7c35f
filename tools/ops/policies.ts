// Row 5: what holds for every workload, whatever the overlay. A rule answers what breaks it.
import { durationMs } from '@gts/kernel';
import { z } from 'zod';
import { type Manifest, nameOf, ofKind } from './documents.ts';
import { bytesOf, type Container, environmentOf, runsContainers, type Workload, workloadsIn } from './workload.ts';

const APP = 65_532;
const restrictedPod = z.looseObject({
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  securityContext: z.looseObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(APP),
    runAsGroup: z.literal(APP),
    fsGroup: z.literal(APP),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  volumes: z.array(
    z.union([
      z.strictObject({ name: z.literal('tmp'), emptyDir: z.strictObject({ sizeLimit: z.string() }) }),
      z.strictObject({
        name: z.literal('secrets'),
        secret: z.strictObject({ secretName: z.string(), defaultMode: z.literal(0o440) }),
      }),
    ]),
  ),
  hostNetwork: z.never().optional(),
  hostPID: z.never().optional(),
  hostIPC: z.never().optional(),
});
const restrictedContainer = z.looseObject({
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const rollout = z.looseObject({
  minReadySeconds: z.literal(5),
  progressDeadlineSeconds: z.literal(300),
  revisionHistoryLimit: z.literal(3),
  strategy: z.strictObject({
    type: z.literal('RollingUpdate'),
    rollingUpdate: z.strictObject({ maxUnavailable: z.literal(0), maxSurge: z.literal(1) }),
  }),
});
const job = z.looseObject({ backoffLimit: z.literal(3), ttlSecondsAfterFinished: z.literal(86_400) });

const issues = (schema: z.ZodType, value: unknown, where: string): readonly string[] =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${where}: ${path.join('.')}: ${message}`);

export type Rendered = Readonly<{ overlay: string; manifests: readonly Manifest[] }>;
type Rule = (rendered: Rendered) => readonly string[];
type PodRule = (workload: Workload, manifests: readonly Manifest[]) => readonly (string | false)[];
const told = (list: readonly (string | false)[]) => list.filter((each) => each !== false);
const ofEvery =
  (rule: PodRule): Rule =>
  ({ manifests }) =>
    workloadsIn(manifests).flatMap((each) => told(rule(each, manifests)).map((fault) => `${each.name}: ${fault}`));

const isService = ({ kind }: Workload): boolean => kind === 'Deployment';

function resourceFaults({ container: { resources } }: Workload) {
  const { requests, limits } = resources;
  return [
    limits['cpu'] !== undefined && 'a limit of CPU throttles',
    requests['cpu'] === undefined && 'asks for no CPU',
    !(bytesOf(limits['memory']) <= 2 * bytesOf(requests['memory'])) && 'memory limit over twice the request',
    !(bytesOf(requests['ephemeral-storage']) <= bytesOf(limits['ephemeral-storage'])) && 'ephemeral storage unbounded',
  ];
}

const HEAP = /--max-old-space-size-percentage=(\d+)/;
const MOST_HEAP_PERCENT = 75;
function heapFaults(workload: Workload) {
  const options = workload.container.env.find(({ name }) => name === 'NODE_OPTIONS')?.value ?? '';
  const percent = Number(HEAP.exec(options)?.[1] ?? Infinity);
  return [
    percent > MOST_HEAP_PERCENT && `heap may take ${percent} % of the memory limit, at most ${MOST_HEAP_PERCENT}`,
  ];
}

/** Route, period, failures and time-out; liveness ends a process, so an answer may be as late as a loop may be. */
const probes: readonly (readonly [keyof Container, string, number, number, number?])[] = [
  ['startupProbe', '/health/live', 1, 60],
  ['readinessProbe', '/health/ready', 5, 2],
  ['livenessProbe', '/health/live', 10, 3, 5],
];
function probeFaults(workload: Workload, manifests: readonly Manifest[]) {
  if (!isService(workload)) return [];
  const port = Number(environmentOf(workload, manifests)['OPS_PORT']);
  return probes.flatMap(([name, path, period, failures, timeout]) => {
    const want = z.looseObject({
      httpGet: z.strictObject({ path: z.literal(path), port: z.literal(port) }),
      periodSeconds: z.literal(period),
      failureThreshold: z.literal(failures),
      timeoutSeconds: timeout === undefined ? z.undefined().optional() : z.literal(timeout),
    });
    return issues(want, workload.container[name], String(name));
  });
}

const CLOSING_S = 10;
const SLACK_S = 5;
const HANDLERS = '10s';
/** §6: what a pod needs to end well. */
export function neededGrace(env: Readonly<Record<string, string | undefined>>, preStopS: number): number {
  const seconds = (text: string | undefined) => durationMs((text || '0s') as '0s') / 1000;
  const work = Math.max(seconds(HANDLERS), seconds(env['WORK_DRAIN']));
  return preStopS + seconds(env['SHUTDOWN_DELAY']) + work + CLOSING_S + SLACK_S;
}
function graceFaults(workload: Workload, manifests: readonly Manifest[]) {
  if (!isService(workload)) return [];
  const preStop = workload.container.lifecycle?.preStop.sleep.seconds ?? 0;
  const need = neededGrace(environmentOf(workload, manifests), preStop);
  const given = workload.pod.terminationGracePeriodSeconds;
  return [
    preStop < 5 && 'endpoints need 5 s before the signal',
    given < need && `is killed after ${given} s but may need ${need}`,
  ];
}

const SECRET = /^(mongodb(\+srv)?:\/\/|SU[A-Z2-7]{56}|-----BEGIN)|"d":|^[\w-]+:[A-Za-z0-9+/]{43}=/;
const secretFaults: Rule = ({ manifests }) =>
  ofKind(manifests, 'ConfigMap').flatMap((map) =>
    Object.entries(z.record(z.string(), z.string()).parse(map['data'] ?? {}))
      .filter(([name, value]) => /SECRET|PASSWORD|_KEYS?$|_FILE_/.test(name) || SECRET.test(value))
      .map(([name]) => `${nameOf(map)} holds the secret ${name}`),
  );

/** Every other rule looks at the one container of a pod, so there must be no other. */
const oneContainer: PodRule = ({ pod: { containers, initContainers, ephemeralContainers } }) => [
  containers.length !== 1 && `${containers.length} containers, the rules look at one`,
  initContainers !== undefined && 'what runs before the container is looked at by no rule',
  ephemeralContainers !== undefined && 'a manifest names no container for debugging',
];

const WORKLOADS = ['Deployment', 'Job'];
const knownWorkloads: Rule = ({ manifests }) =>
  manifests
    .filter((each) => !WORKLOADS.includes(each.kind) && runsContainers(each))
    .map((each) => `${nameOf(each)}: only ${WORKLOADS.join(' and ')} are looked at`);

const secretVolumes: PodRule = ({ container: { env } }) =>
  env.filter(({ value = '' }) => SECRET.test(value)).map(({ name }) => `the secret ${name} stands in the manifest`);

const imageFaults =
  (overlay: string): PodRule =>
  ({ container: { image } }) => [
    overlay !== 'dev' && !/@sha256:[0-9a-f]{64}$/.test(image) && `the image ${image} is not named by its digest`,
    /:latest$|^[^:@]+$/.test(image) && `the image ${image} may be any`,
  ];

/** A scaler and a number of replicas exclude each other: every apply would reset what the scaler set. */
const scaling: Rule = ({ manifests }) => {
  const target = z.looseObject({ scaleTargetRef: z.looseObject({ name: z.string() }) });
  const scalers = ofKind(manifests, 'HorizontalPodAutoscaler', 'ScaledObject');
  const scaled = scalers.map((each) => target.parse(each['spec']).scaleTargetRef.name);
  return workloadsIn(manifests)
    .filter(isService)
    .filter(({ name, replicas }) => (replicas === undefined) !== scaled.includes(name))
    .map(({ name }) => `${name}: needs either replicas or a scaler`);
};

const budget = z.looseObject({
  unhealthyPodEvictionPolicy: z.literal('AlwaysAllow'),
  minAvailable: z.never().optional(),
});
/** What stands beside every service under its name. */
const company: Rule = ({ manifests }) =>
  workloadsIn(manifests)
    .filter(isService)
    .flatMap(({ name }) => {
      const missing = ['Service', 'ServiceAccount', 'PodDisruptionBudget', 'NetworkPolicy'].filter(
        (kind) => !ofKind(manifests, kind).some((each) => each.metadata.name === name),
      );
      return missing.map((kind) => `${name} has no ${kind}`);
    });
const budgets: Rule = ({ manifests }) =>
  ofKind(manifests, 'PodDisruptionBudget').flatMap((each) => issues(budget, each['spec'], nameOf(each)));

const namespaces: Rule = ({ manifests }) =>
  ofKind(manifests, 'Namespace')
    .filter(({ metadata: { name } }) => name === 'gts')
    .filter(({ metadata: { labels = {} } }) => labels['pod-security.kubernetes.io/enforce'] !== 'restricted')
    .map((each) => `${nameOf(each)} does not enforce restricted pods`);

const spread: Rule = ({ overlay, manifests }) =>
  workloadsIn(manifests)
    .filter(isService)
    .filter(({ pod: { topologySpreadConstraints: all } }) => {
      const hosts = all.find((each) => each['topologyKey'] === 'kubernetes.io/hostname')?.whenUnsatisfiable;
      return all.length !== 2 || hosts !== (overlay === 'dev' ? 'ScheduleAnyway' : 'DoNotSchedule');
    })
    .map(({ name }) => `${name}: is not spread over zones and hosts`);

/** Every rule by its name. */
export const policies: Readonly<Record<string, Rule>> = {
  'restricted pods': ({ manifests }) =>
    workloadsIn(manifests).flatMap(({ name, pod, container }) => [
      ...issues(restrictedPod, pod, name),
      ...issues(restrictedContainer, container, name),
    ]),
  'one container a pod': ofEvery(oneContainer),
  'known workloads': knownWorkloads,
  'rollout and jobs': ({ manifests }) => [
    ...ofKind(manifests, 'Deployment').flatMap((each) => issues(rollout, each['spec'], nameOf(each))),
    ...ofKind(manifests, 'Job').flatMap((each) => issues(job, each['spec'], nameOf(each))),
  ],
  resources: ofEvery(resourceFaults),
  'heap below the limit': ofEvery(heapFaults),
  probes: ofEvery(probeFaults),
  'grace covers the drain': ofEvery(graceFaults),
  'no secret in a ConfigMap': secretFaults,
  'no secret in a workload': ofEvery(secretVolumes),
  'images are named exactly': (rendered) => ofEvery(imageFaults(rendered.overlay))(rendered),
  'replicas or a scaler': scaling,
  'complete company': company,
  'budgets let drains pass': budgets,
  'restricted namespace': namespaces,
  spread,
};
