// As much of a Kubernetes API server as `kubectl apply`, `get`, `delete` and `rollout status` talk to, in memory. It
// judges nothing: schemas, unknown fields and policies have their own checks. It keeps what was written, in order.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { type Manifest, nameOf } from './documents.ts';

type Kind = Readonly<{ group: string; version: string; kind: string; plural: string; namespaced: boolean }>;
type Held = Record<string, unknown> & { metadata: Record<string, unknown> };
export type ApiServer = Readonly<{
  url: string;
  /** `POST Job topology-apply`, `PATCH …` or `DELETE …`, in the order in which they came. */
  writes: readonly string[];
  stop(): Promise<void>;
}>;
/** What a controller would make of an object that was just written. */
export type Controller = (written: Manifest) => object;

const GLOBAL = new Set(['Namespace']);
const ES = /(s|x|ch|sh)$/;
const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return ES.test(name) ? `${name}es` : `${name}s`;
};
function kindOf({ apiVersion, kind }: Manifest): Kind {
  const parts = apiVersion.split('/');
  const [group, version] = parts.length === 1 ? ['', apiVersion] : [parts[0] ?? '', parts[1] ?? ''];
  return { group, version, kind, plural: pluralOf(kind), namespaced: !GLOBAL.has(kind) };
}
const baseOf = ({ group, version }: Kind): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
const listsOf = (kind: Kind): RegExp => new RegExp(`^${baseOf(kind)}(/namespaces/[^/]+)?/${kind.plural}$`);
const resourceOf = ({ plural, kind, namespaced }: Kind) => ({
  name: plural,
  singularName: '',
  namespaced,
  kind,
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
});

/** Tells kubectl that fields are judged here, so that it asks for no schemas. */
function openApi(kinds: readonly Kind[], base: string) {
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }];
  const paths = kinds
    .filter((each) => baseOf(each) === base)
    .map((each) => {
      const { group, version, kind } = each;
      const patch = { parameters, 'x-kubernetes-group-version-kind': { group, version, kind }, responses: {} };
      return [`${base}/${each.plural}/{name}`, { patch }] as const;
    });
  return { openapi: '3.0.0', info: { title: 'kinds', version: '1' }, paths: Object.fromEntries(paths) };
}

/** What the server says about itself, by path. */
function discovery(kinds: readonly Kind[]): Readonly<Record<string, unknown>> {
  const bases = [...new Set(kinds.map(baseOf))];
  const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== '');
  const versionsOf = (group: string) =>
    [...new Set(kinds.filter((each) => each.group === group).map(({ version }) => version))].map((version) => ({
      groupVersion: `${group}/${version}`,
      version,
    }));
  const resources = (base: string) => ({
    kind: 'APIResourceList',
    groupVersion: base.replace(/^\/apis?\//, ''),
    resources: kinds.filter((each) => baseOf(each) === base).map(resourceOf),
  });
  return {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': {
      kind: 'APIGroupList',
      groups: groups.map((name) => ({ name, versions: versionsOf(name), preferredVersion: versionsOf(name)[0] })),
    },
    '/version': { major: '1', minor: '33', gitVersion: 'v1.33.0' },
    '/openapi/v3': {
      paths: Object.fromEntries(bases.map((base) => [base.slice(1), { serverRelativeURL: `/openapi/v3${base}` }])),
    },
    ...Object.fromEntries(bases.map((base) => [base, resources(base)])),
    ...Object.fromEntries(bases.map((base) => [`/openapi/v3${base}`, openApi(kinds, base)])),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Held> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Held;
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** RFC 7396; lists of a strategic patch are replaced, which is enough to see that something changed. */
function merged(held: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const { $patch: how, ...fields } = patch;
  const all = { ...(isRecord(held) && how !== 'replace' ? held : {}) };
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) delete all[key];
    else all[key] = merged(all[key], value);
  }
  return all;
}

const send = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const refuse = (response: ServerResponse, code: number, reason: string): void =>
  send(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason });

/** Answers requests for objects: `<base>[/namespaces/<namespace>]/<plural>[/<name>]`. */
function objects(controller: Controller, writes: string[]) {
  const held = new Map<string, Held>();
  let version = 1;
  const keep = (path: string, verb: string, object: Held): Held => {
    const metadata = { uid: path, generation: 1, ...object.metadata, resourceVersion: String(++version) };
    const written = { ...object, metadata };
    writes.push(`${verb} ${nameOf(written as unknown as Manifest)}`);
    const full = { ...written, ...controller(written as unknown as Manifest) };
    held.set(path, full);
    return full;
  };
  const remove = (path: string, object: Held) => {
    writes.push(`DELETE ${nameOf(object as unknown as Manifest)}`);
    held.delete(path);
    return { kind: 'Status', apiVersion: 'v1', status: 'Success', details: { name: object.metadata['name'] } };
  };
  const list = (query: URLSearchParams, path: string, response: ServerResponse) => {
    // A watcher has heard everything in its first list; the newer way of starting to watch is not offered.
    if (query.has('sendInitialEvents')) return refuse(response, 400, 'BadRequest');
    if (query.get('watch')) return response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const name = /metadata\.name=([\w-]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
    const items = [...held].filter(([at]) => (name ? at === `${path}/${name}` : at.startsWith(`${path}/`)));
    send(response, 200, {
      kind: 'List',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(version) },
      items: items.map(([, each]) => each),
    });
  };
  return async (request: IncomingMessage, response: ServerResponse, isList: boolean) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (request.method === 'POST') {
      const object = await bodyOf(request);
      return send(response, 201, keep(`${path}/${String(object.metadata['name'])}`, 'POST', object));
    }
    if (isList) return list(searchParams, path, response);
    const found = held.get(path);
    if (!found) return refuse(response, 404, 'NotFound');
    if (request.method === 'DELETE') return send(response, 200, remove(path, found));
    const wanted = request.method === 'PATCH' ? (merged(found, await bodyOf(request)) as Held) : found;
    return send(response, 200, isDeepStrictEqual(wanted, found) ? found : keep(path, 'PATCH', wanted));
  };
}

/** Starts one that knows the kinds of these documents. `controller` gives what would appear in an object by itself. */
export async function startApiServer(documents: readonly Manifest[], controller: Controller): Promise<ApiServer> {
  const kinds = [...new Map(documents.map((each) => [`${each.apiVersion} ${each.kind}`, kindOf(each)])).values()];
  const said = discovery(kinds);
  const writes: string[] = [];
  const serveObject = objects(controller, writes);
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const found = said[path];
    if (found !== undefined) return send(response, 200, found);
    const isList = kinds.some((kind) => listsOf(kind).test(path));
    void serveObject(request, response, isList).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
