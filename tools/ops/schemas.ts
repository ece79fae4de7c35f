// Row 2: the types and required fields of every document, by the validators of the API's own schemas.
import { type Manifest, nameOf } from './documents.ts';

const packages: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'external-secrets.io': '@kubernetes-models/external-secrets',
};

const moduleOf = ({ apiVersion, kind }: Manifest): string =>
  `${packages[apiVersion.split('/')[0] ?? ''] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;

type Model = new (data: unknown) => { validate(): void };

/** The API takes base64 with line feeds, as kustomize wraps it; the validator does not. */
const unwrapped = (document: Manifest): Manifest =>
  document.kind === 'Secret'
    ? {
        ...document,
        data: Object.fromEntries(
          Object.entries(document['data'] ?? {}).map(([key, value]) => [key, String(value).replaceAll('\n', '')]),
        ),
      }
    : document;

/** What the schema of its kind says against a document. */
export async function schemaFaults(document: Manifest): Promise<readonly string[]> {
  const told = (error: unknown) => [`${nameOf(document)}: ${error instanceof Error ? error.message : String(error)}`];
  try {
    const models = (await import(moduleOf(document))) as Readonly<Record<string, Model>>;
    const Model = models[document.kind];
    if (!Model) return told(`no schema for ${document.apiVersion}`);
    new Model(unwrapped(document)).validate();
    return [];
  } catch (error) {
    return told(error);
  }
}
