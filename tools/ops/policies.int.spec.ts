import { type Manifest, nameOf, OVERLAYS, ofKind, rendered } from './documents.ts';
import { policies } from './policies.ts';

const everything = Object.fromEntries(OVERLAYS.map((overlay) => [overlay, rendered(`k8s/overlays/${overlay}`)]));
const rules = Object.keys(policies);
const faultsOf = (rule: string, manifests: readonly Manifest[], overlay = 'prod') =>
  policies[rule]?.({ overlay, manifests }) ?? ['there is no such rule'];

describe.each(OVERLAYS)('%s', (overlay) => {
  test.each(rules)('%s', (rule) => {
    expect(faultsOf(rule, everything[overlay] ?? [], overlay)).toEqual([]);
  });
});

/** The prod overlay with one value of one document changed. */
function broken(document: string, path: string, value: unknown): readonly Manifest[] {
  const copy = structuredClone(everything['prod'] ?? []) as Manifest[];
  const found = copy.find((each) => nameOf(each) === document || nameOf(each).startsWith(`${document}-`));
  if (!found) throw new Error(`there is no ${document}`);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const at = keys.reduce((here, key) => here[key] as Record<string, unknown>, found as Record<string, unknown>);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}
const POD = 'spec.template.spec';
const CONTAINER = `${POD}.containers.0`;
const identity = 'Deployment identity';

type Planted = readonly [rule: string, document: string, path: string, value: unknown];
const planted: readonly Planted[] = [
  ['restricted pods', identity, `${CONTAINER}.securityContext.readOnlyRootFilesystem`, false],
  ['restricted pods', identity, `${POD}.automountServiceAccountToken`, true],
  ['restricted pods', 'Job topology-apply', `${POD}.hostNetwork`, true],
  ['one container a pod', identity, `${POD}.initContainers`, [{ name: 'first', image: 'a:1' }]],
  ['one container a pod', 'Job topology-apply', `${POD}.ephemeralContainers`, [{ name: 'debug', image: 'a:1' }]],
  ['one container a pod', identity, `${POD}.containers.1`, { name: 'second', image: 'a:1' }],
  ['known workloads', identity, 'kind', 'DaemonSet'],
  ['known workloads', identity, 'kind', 'StatefulSet'],
  ['known workloads', 'Job topology-apply', 'kind', 'CronJob'],
  ['known workloads', 'Service identity', 'spec.template', { spec: { containers: [] } }],
  ['rollout and jobs', identity, 'spec.strategy.rollingUpdate.maxUnavailable', 1],
  ['rollout and jobs', 'Job migrate-identity', 'spec.backoffLimit', 0],
  ['resources', identity, `${CONTAINER}.resources.limits.memory`, '1Gi'],
  ['resources', identity, `${CONTAINER}.resources.limits.cpu`, '1'],
  ['heap below the limit', identity, `${CONTAINER}.env`, []],
  ['probes', identity, `${CONTAINER}.readinessProbe.httpGet.path`, '/health/live'],
  ['probes', identity, `${CONTAINER}.livenessProbe.httpGet.port`, 8080],
  ['probes', identity, `${CONTAINER}.startupProbe`, undefined],
  ['probes', identity, `${CONTAINER}.livenessProbe.timeoutSeconds`, undefined],
  ['grace covers the drain', 'Deployment rendering', `${POD}.terminationGracePeriodSeconds`, 120],
  ['grace covers the drain', identity, `${CONTAINER}.lifecycle.preStop.sleep.seconds`, 0],
  ['no secret in a ConfigMap', 'ConfigMap identity', 'data.STORE_URL', 'mongodb://identity:pw@host/identity'],
  ['no secret in a ConfigMap', 'ConfigMap gateway', 'data.GATEWAY_KEYS', 'x'],
  ['no secret in a workload', identity, `${CONTAINER}.env`, [{ name: 'X', value: 'mongodb://a:b@c/d' }]],
  ['images are named exactly', identity, `${CONTAINER}.image`, 'gts-identity:0.1.0'],
  ['replicas or a scaler', identity, 'spec.replicas', 2],
  ['complete company', identity, 'metadata.name', 'nobody'],
  ['budgets let drains pass', 'PodDisruptionBudget identity', 'spec.unhealthyPodEvictionPolicy', undefined],
  ['restricted namespace', 'Namespace gts', 'metadata.labels', {}],
  ['spread', identity, `${POD}.topologySpreadConstraints.1.whenUnsatisfiable`, 'ScheduleAnyway'],
];

test.each(planted.map((each) => [each.slice(0, 3).join(' '), each] as const))(
  'planted: %s',
  (_title, [rule, ...change]) => {
    expect(faultsOf(rule, broken(...change))).not.toEqual([]);
  },
);

test('every rule has its planted fault, and jobs are among the workloads', () => {
  expect(rules.filter((rule) => !planted.some(([each]) => each === rule))).toEqual([]);
  expect(ofKind(everything['prod'] ?? [], 'Job').length).toBeGreaterThan(0);
});
