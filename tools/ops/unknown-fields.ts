// Row 3: fields that the API does not know. The validators let them pass; a real server would drop them silently.
import { type Manifest, nameOf } from './documents.ts';

type Attribute = Readonly<{ baseName: string; type: string }>;
type Model = Readonly<{ getAttributeTypeMap(): readonly Attribute[] }>;

const MODELS = '@kubernetes/client-node/dist/gen/models';

async function attributesOf(type: string): Promise<readonly Attribute[] | undefined> {
  try {
    const models = (await import(`${MODELS}/${type}.js`)) as Readonly<Record<string, Model>>;
    return models[type]?.getAttributeTypeMap();
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function walk(value: unknown, type: string, path: string): Promise<readonly string[]> {
  const each = /^Array<(.+)>$/.exec(type)?.[1] ?? /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (each !== undefined) {
    const parts = Object.entries(value ?? {});
    return (await Promise.all(parts.map(([key, part]) => walk(part, each, `${path}.${key}`)))).flat();
  }
  const attributes = isRecord(value) && /^[A-Z]/.test(type) ? await attributesOf(type) : undefined;
  if (!attributes || !isRecord(value)) return [];
  const found = Object.entries(value).map(([key, part]) => {
    const attribute = attributes.find(({ baseName }) => baseName === key);
    return attribute
      ? walk(part, attribute.type, `${path}.${key}`)
      : Promise.resolve([`${path}.${key} is no field of ${type}`]);
  });
  return (await Promise.all(found)).flat();
}

/** Name of the generated model: `apps/v1` Deployment is `V1Deployment`. */
const modelOf = ({ apiVersion, kind }: Manifest): string => {
  const version = apiVersion.split('/').at(-1) ?? '';
  return `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
};

/** Fields of a document that the kind does not have; none for kinds that are not the API's own. */
export const unknownFields = (document: Manifest): Promise<readonly string[]> =>
  walk(document, modelOf(document), nameOf(document));
