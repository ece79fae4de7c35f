// Row 4: kinds of operators. Nothing but these keys, since their controllers ignore what they do not know.
import { z } from 'zod';
import { type Manifest, nameOf } from './documents.ts';

const text = z.string().min(1);
const metadata = z.strictObject({ name: text, namespace: z.literal('gts'), labels: z.record(text, text).optional() });
const kind = (apiVersion: string, name: string, spec: z.ZodType) =>
  z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(name), metadata, spec });

/** KEDA's trigger takes numbers and booleans as text only. */
const jetStreamTrigger = z.strictObject({
  type: z.literal('nats-jetstream'),
  metricType: z.literal('AverageValue'),
  metadata: z.strictObject({
    natsServerMonitoringEndpoint: z.string().regex(/^nats-headless\.[a-z-]+\.svc:8222$/),
    account: z.literal('$G'),
    stream: text,
    consumer: text,
    lagThreshold: z.string().regex(/^[1-9]\d*$/),
    activationLagThreshold: z.string().regex(/^\d+$/),
    useHttps: z.enum(['true', 'false']),
  }),
});
const scaleDown = z.strictObject({
  stabilizationWindowSeconds: z.int(),
  policies: z.array(z.strictObject({ type: z.enum(['Pods', 'Percent']), value: z.int(), periodSeconds: z.int() })),
});
const scaledObject = z.strictObject({
  scaleTargetRef: z.strictObject({ name: text }),
  minReplicaCount: z.int().min(0),
  maxReplicaCount: z.int().min(1),
  pollingInterval: z.int(),
  cooldownPeriod: z.int(),
  fallback: z.strictObject({ failureThreshold: z.int(), replicas: z.int() }),
  advanced: z.strictObject({
    horizontalPodAutoscalerConfig: z.strictObject({ behavior: z.strictObject({ scaleDown }) }),
  }),
  triggers: z.array(jetStreamTrigger).length(1),
});
const externalSecret = z.strictObject({
  refreshInterval: text,
  secretStoreRef: z.strictObject({ kind: z.enum(['SecretStore', 'ClusterSecretStore']), name: text }),
  target: z.strictObject({ name: text }),
  dataFrom: z.array(z.strictObject({ extract: z.strictObject({ key: text }) })).min(1),
});
const podMonitor = z.strictObject({
  selector: z.strictObject({ matchLabels: z.record(text, text) }),
  podMetricsEndpoints: z.array(z.strictObject({ port: text, path: z.literal('/metrics'), interval: text })).min(1),
});
const alert = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
  expr: text,
  for: text,
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: text, runbook_url: z.url({ protocol: /^https$/ }) }),
});
const prometheusRule = z.strictObject({
  groups: z.array(z.strictObject({ name: text, rules: z.array(alert).min(1) })).min(1),
});
const httpRoute = z.strictObject({
  parentRefs: z.array(z.strictObject({ name: text, namespace: text })).min(1),
  hostnames: z.array(text).min(1),
  rules: z.array(z.strictObject({ backendRefs: z.array(z.strictObject({ name: text, port: z.int() })).min(1) })).min(1),
});

const known: Readonly<Record<string, z.ZodType>> = {
  ScaledObject: kind('keda.sh/v1alpha1', 'ScaledObject', scaledObject),
  ExternalSecret: kind('external-secrets.io/v1', 'ExternalSecret', externalSecret),
  PodMonitor: kind('monitoring.coreos.com/v1', 'PodMonitor', podMonitor),
  PrometheusRule: kind('monitoring.coreos.com/v1', 'PrometheusRule', prometheusRule),
  HTTPRoute: kind('gateway.networking.k8s.io/v1', 'HTTPRoute', httpRoute),
};
const isForeign = ({ apiVersion }: Manifest): boolean => {
  const group = apiVersion.split('/')[0] ?? '';
  return group === 'gateway.networking.k8s.io' || (group.includes('.') && group !== 'networking.k8s.io');
};

/** What is wrong with a document of an operator's kind; one that we do not know is wrong as such. */
export function customKindFaults(document: Manifest): readonly string[] {
  const schema = known[document.kind];
  if (!schema) return isForeign(document) ? [`${nameOf(document)}: no strict schema for ${document.apiVersion}`] : [];
  const { error } = schema.safeParse(document);
  return (error?.issues ?? []).map((issue) => `${nameOf(document)}: ${issue.path.join('.')}: ${issue.message}`);
}
