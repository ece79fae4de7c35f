// A small client of the HTTP API, for the seeder, the command line and end-to-end tests.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const JSON_TYPE = 'application/json';
const CHUNK = 16 * 1024 * 1024;

/** What the API answered instead of a result: status, stable code, and the problem document. */
class ApiError extends Error {
  constructor(status, problem) {
    const findings = (problem.errors ?? []).map(
      (each) => `\n  ${each.pointer ?? each.parameter ?? each.header ?? ''} ${each.code}: ${each.detail}`,
    );
    super(`${problem.code ?? status}: ${problem.detail ?? problem.title ?? ''}${findings.join('')}`);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }
}

/** Asks `read` until `done` says so. @throws Error after `withinMs` */
export async function until(read, done, { everyMs = 100, withinMs = 120_000 } = {}) {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (done(value)) return value;
    if (Date.now() > end)
      throw new Error(`gave up after ${withinMs / 1000} s; last answer: ${JSON.stringify(value).slice(0, 300)}`);
    await sleep(everyMs);
  }
}

const UNAVAILABLE = 503;

/**
 * Does `work` again while a part of the system does not answer: it may still be starting.
 * @throws its last answer after `withinMs`, any other at once
 */
export async function onceAnswered(work, { everyMs = 1000, withinMs = 60_000 } = {}) {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error.status !== UNAVAILABLE || Date.now() > end) throw error;
    }
    await sleep(everyMs);
  }
}

async function answerOf(response) {
  const type = response.headers.get('content-type') ?? '';
  const body = type.includes('json') ? await response.json() : undefined;
  if (response.ok) return body;
  throw new ApiError(response.status, body ?? { detail: response.statusText });
}

/** A client whose requests carry `credentials()`; mutations get a fresh idempotency key each. */
export function client(address, credentials) {
  const base = `${address}/api/v1`;
  // Links of the stack name its public address, which need not lead to it from here.
  const urlOf = (path) => (path.startsWith('http') ? `${address}${new URL(path).pathname}` : `${base}${path}`);
  const send = (method, path, { body, headers = {}, raw } = {}) =>
    fetch(urlOf(path), {
      method,
      headers: { ...credentials(), ...(body !== undefined && { 'content-type': JSON_TYPE }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A body may be a stream: what is sent of it by and by.
      ...(raw !== undefined && { body: raw, duplex: 'half' }),
    });
  const key = () => ({ 'idempotency-key': randomUUID() });
  const api = {
    send,
    get: async (path) => answerOf(await send('GET', path)),
    post: async (path, body) => answerOf(await send('POST', path, { body, headers: key() })),
    put: async (path, version, body) =>
      answerOf(await send('PUT', path, { body, headers: { 'if-match': `"${version}"` } })),
    patch: async (path, version, body) =>
      answerOf(await send('PATCH', path, { body, headers: { 'if-match': `"${version}"` } })),
    delete: async (path, version) => answerOf(await send('DELETE', path, { headers: { 'if-match': `"${version}"` } })),
    stage: async (sha256, bytes) =>
      answerOf(
        await send('PUT', `/files/${sha256}`, { raw: bytes, headers: { 'content-type': 'application/octet-stream' } }),
      ),
    download: async (path) => {
      const response = await send('GET', path);
      if (!response.ok) await answerOf(response);
      return Buffer.from(await response.arrayBuffer());
    },
    upload: (bytes, filename, onSent) => upload(api, bytes, { filename, onSent }),
    createDI: async (bytes, { name, filename = 'recording.wav', onSent, ...rest }) =>
      api.post('/di-tracks', { uploadId: await upload(api, bytes, { filename, onSent }), name, ...rest }),
  };
  return api;
}

/** Sends `bytes` by tus 1.0.0 in chunks. @returns the upload's id */
async function upload(api, bytes, { filename, onSent = () => {} }) {
  const tus = { 'tus-resumable': '1.0.0' };
  const named = [
    `filename ${Buffer.from(filename).toString('base64')}`,
    `purpose ${Buffer.from('di').toString('base64')}`,
  ];
  const created = await api.send('POST', '/uploads', {
    headers: { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': named.join(',') },
  });
  await answerOf(created);
  const location = created.headers.get('location');
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    const headers = { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
    await answerOf(await api.send('PATCH', location, { raw: bytes.subarray(offset, offset + CHUNK), headers }));
    onSent(Math.min(1, (offset + CHUNK) / bytes.length));
  }
  return location.split('/').at(-1);
}

/** Signs in as a demo persona and answers a client with that session; PUBLIC_URL where people know it by another. */
export async function signIn(address, persona) {
  const origin = { origin: process.env.PUBLIC_URL ?? new URL(address).origin };
  const response = await fetch(`${address}/api/v1/auth/demo/sign-in`, {
    method: 'POST',
    headers: { ...origin, 'content-type': JSON_TYPE },
    body: JSON.stringify({ persona }),
  });
  const session = await answerOf(response);
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return client(address, () => ({ ...origin, cookie, 'x-csrf-token': session.csrfToken }));
}
