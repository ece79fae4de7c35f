// Who may talk to whom: the edges that the policies of a namespace open, named so that a table can be written of them.
import { z } from 'zod';
import { type Manifest, ofKind } from './documents.ts';

const labels = z.record(z.string(), z.string());
const selector = z.looseObject({ matchLabels: labels.default({}), matchExpressions: z.array(z.unknown()).optional() });
const peer = z.strictObject({
  podSelector: selector.optional(),
  namespaceSelector: selector.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()) }).optional(),
});
const ports = z.array(z.strictObject({ port: z.number(), protocol: z.string().optional() })).min(1);
const policy = z.looseObject({
  podSelector: z.looseObject({ matchLabels: labels.default({}) }),
  egress: z.array(z.strictObject({ to: z.array(peer).min(1), ports })).default([]),
  ingress: z.array(z.strictObject({ from: z.array(peer).min(1), ports })).default([]),
});
type Peer = z.output<typeof peer>;
type Labels = Readonly<Record<string, string>>;

const NAME = 'app.kubernetes.io/name';
const COMPONENT = 'app.kubernetes.io/component';
const NAMESPACE = 'kubernetes.io/metadata.name';

const within = z.looseObject({ key: z.literal(COMPONENT), operator: z.literal('In'), values: z.array(z.string()) });
/** `service+topology`: pods chosen by what they are for. */
function componentsOf(chosen: z.output<typeof selector> | undefined): string | undefined {
  const one = chosen?.matchLabels[COMPONENT];
  return one ?? chosen?.matchExpressions?.flatMap((each) => within.parse(each).values).join('+');
}

/** `mongodb` of the data namespace, `world`, or a namespace: what stands at the other end. */
function endOf({ podSelector, namespaceSelector, ipBlock }: Peer): string {
  if (ipBlock) return 'world';
  const namespace = namespaceSelector?.matchLabels[NAMESPACE];
  const pod = podSelector?.matchLabels[NAME] ?? podSelector?.matchLabels['k8s-app'] ?? componentsOf(podSelector);
  if (namespace === undefined) return `pods of gts (${pod ?? 'all'})`;
  return pod ?? `namespace ${namespace}`;
}

const selects = (wanted: Labels, of: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => of[key] === value);

/** Edges of pods with these labels: `→ nats:4222` outwards, `← ingress:8080` inwards; sorted. */
export function edgesOf(pod: Labels, manifests: readonly Manifest[], home = 'gts'): readonly string[] {
  const opened = ofKind(manifests, 'NetworkPolicy')
    .filter(({ metadata: { namespace } }) => namespace === home)
    .map((each) => policy.parse(each['spec']))
    .filter(({ podSelector }) => selects(podSelector.matchLabels, pod))
    .flatMap(({ egress, ingress }) => [
      ...egress.flatMap((rule) => rule.to.flatMap((to) => rule.ports.map(({ port }) => `→ ${endOf(to)}:${port}`))),
      ...ingress.flatMap((rule) =>
        rule.from.flatMap((from) => rule.ports.map(({ port }) => `← ${endOf(from)}:${port}`)),
      ),
    ]);
  return [...new Set(opened)].toSorted();
}

/** Ports as the environment of a service states them; `edge` is where people come in. */
export type Ports = Readonly<{ broker: number; monitor: number; ops: number; edge?: number }>;
export type ContextMap = Readonly<{ store: boolean; files: boolean; world: boolean }>;

const portIn = (url: string | undefined): number => Number(new URL(url?.split(',')[0] ?? '').port);
/** @throws TypeError where an address is none */
export const portsIn = (env: Readonly<Record<string, string>>): Ports => ({
  broker: portIn(env['NATS_URL']),
  monitor: portIn(env['NATS_MONITOR_URLS']),
  ops: Number(env['OPS_PORT']),
  ...('GTS_PORT' in env && { edge: Number(env['GTS_PORT']) }),
});

/** The edges a service needs, computed from what it uses; there is none to another service. */
export const neededEdges = (
  { store, files, world }: ContextMap,
  { broker, monitor, ops, edge }: Ports,
): readonly string[] =>
  [
    '→ kube-dns:53',
    `→ nats:${broker}`,
    `→ nats:${monitor}`,
    `← namespace monitoring:${ops}`,
    ...(store ? ['→ mongodb:27017'] : []),
    ...(files ? ['→ artefact-store:9000'] : []),
    ...(world ? ['→ world:443'] : []),
    ...(edge === undefined ? [] : [`← namespace ingress:${edge}`]),
  ].toSorted();
