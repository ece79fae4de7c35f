import { createHash, randomUUID } from 'node:crypto';
import { holdToDescription } from './described';

export type Headers = Readonly<Record<string, string>>;
export type Reply = Readonly<{
  status: number;
  headers: globalThis.Headers;
  text: string;
  body: Record<string, unknown>;
  code: unknown;
  /** Codes of the single findings. */
  findings: readonly string[];
}>;
type Finding = Readonly<{ code: string; pointer?: string; limit?: unknown }>;

/** One person (or nobody) in front of a running stack. */
export type Person = Readonly<{
  headers: Headers;
  ask: (method: string, path: string, init?: Readonly<{ body?: unknown; headers?: Headers }>) => Promise<Reply>;
  post: (path: string, body?: unknown, headers?: Headers) => Promise<Reply>;
}>;

const isRaw = (body: unknown): body is string | Uint8Array => typeof body === 'string' || body instanceof Uint8Array;

async function ask(url: string, init: Readonly<{ method: string; headers: Headers; body?: unknown }>): Promise<Reply> {
  const { method, headers, body } = init;
  const text = body === undefined || isRaw(body) ? body : JSON.stringify(body);
  const payload = text instanceof Uint8Array ? Buffer.from(text) : text;
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(payload !== undefined && { body: payload }),
  });
  const answer = await response.text();
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  const parsed = (type.includes('json') && answer !== '' ? JSON.parse(answer) : {}) as Record<string, unknown>;
  holdToDescription(method, url, { status: response.status, type, body: parsed });
  const findings = ((parsed['errors'] ?? []) as Finding[]).map((each) => each.code);
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    body: parsed,
    code: parsed['code'],
    findings,
  };
}

/** Somebody with these headers. */
export function personWith(url: string, headers: Headers): Person {
  const send: Person['ask'] = (method, path, { body, headers: more = {} } = {}) => {
    const type: Headers =
      body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' };
    return ask(path.startsWith('//') ? url + path.slice(1) : `${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...type, ...more },
      body,
    });
  };
  const post: Person['post'] = (path, body = {}, more = {}) =>
    send('POST', path, { body, headers: { 'idempotency-key': randomUUID(), ...more } });
  return { headers, ask: send, post };
}

/** A demo person with a session: cookie, Origin and CSRF token. */
export async function signedIn(url: string, persona: string): Promise<Person> {
  const guest = personWith(url, { origin: url });
  const reply = await guest.post('/auth/demo/sign-in', { persona });
  const cookie = reply.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return personWith(url, { origin: url, cookie, 'x-csrf-token': String(reply.body['csrfToken']) });
}

/** The same person through an API token of these scopes. */
export async function withToken(url: string, person: Person, scopes: readonly string[]): Promise<Person> {
  const reply = await person.post('/me/api-tokens', { name: 'spec', scopes, expiresAt: '2026-12-31T00:00:00.000Z' });
  if (reply.status !== 201) throw new Error(`no token: ${reply.text}`);
  return personWith(url, { authorization: `Bearer ${String(reply.body['token'])}` });
}

const tus = { 'tus-resumable': '1.0.0' };
const named = (filename: string) => `filename ${Buffer.from(filename).toString('base64')},purpose ${btoa('di')}`;

/** Uploads bytes in one piece. @returns the upload's id */
export async function upload(person: Person, bytes: Uint8Array, filename = 'riff.wav'): Promise<string> {
  const headers = { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': named(filename) };
  const created = await person.ask('POST', '/uploads', { headers });
  const id = created.headers.get('location')?.split('/').at(-1) ?? '';
  const type = 'application/offset+octet-stream';
  const sent = await person.ask('PATCH', `/uploads/${id}`, {
    body: bytes,
    headers: { ...tus, 'upload-offset': '0', 'content-type': type },
  });
  if (sent.status !== 204) throw new Error(`upload: ${created.status} ${sent.text}`);
  return id;
}

// What is made beside a shootout names its kind before its status.
const ENDED = /(?<!"kind":"\w+",)"status":"(?:READY|REJECTED|COMPLETED|FAILED)"/;

/** Reads on a topic until the thing is ready, rejected, completed or failed. */
export async function settled(url: string, person: Person, topic: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/events?topics=${topic}`, { headers: person.headers });
  const reader = response.body?.getReader();
  let text = '';
  while (!ENDED.test(text)) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) throw new Error(`the stream ended: ${text}`);
    text += new TextDecoder().decode(value);
  }
  await reader?.cancel();
}

/** A DI track of these bytes, inspected. */
export async function diTrack(url: string, person: Person, bytes: Uint8Array): Promise<Record<string, unknown>> {
  const created = await person.post('/di-tracks', { uploadId: await upload(person, bytes), name: 'Riff' });
  if (created.status !== 202) throw new Error(`di: ${created.text}`);
  const id = String(created.body['id']);
  await settled(url, person, `di-track:${id}`);
  return (await person.ask('GET', `/di-tracks/${id}`)).body;
}

type Item = Readonly<{ models: readonly Readonly<{ id: string }>[] }>;
const modelOf = async (person: Person, query: string): Promise<string> => {
  const { body } = await person.ask('GET', `/gear?source=demo&${query}`);
  return (body['items'] as Item[])[0]?.models[0]?.id ?? '';
};

/** Blocks of a valid chain out of the demo pack. */
export async function demoBlocks(person: Person) {
  const [amp, ir] = await Promise.all([modelOf(person, 'gearType=amp'), modelOf(person, 'gearType=ir&irKind=cabinet')]);
  return [
    { kind: 'gear', role: 'amp', gearModelId: amp },
    { kind: 'gear', role: 'ir', gearModelId: ir },
  ];
}

/** @returns the id of a new READY chain */
export async function chain(person: Person, name: string): Promise<string> {
  const reply = await person.post('/signal-chains', { name, blocks: await demoBlocks(person) });
  if (reply.status !== 201) throw new Error(`chain: ${reply.text}`);
  return String(reply.body['id']);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
