import { AwsV4Signer } from 'aws4fetch';
import { storeFault } from '../errors';

export type S3Options = Readonly<{
  /** `https://s3.example:9000`; the bucket stands in the path. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}>;
export type Listed = Readonly<{ key: string; bytes: number; atMs: number }>;
/** A bucket, in the few requests that a store of bytes makes. All may be repeated. */
export type S3Client = Readonly<{
  put(key: string, body: Blob | string, signal?: AbortSignal): Promise<void>;
  /** Null where there is nothing; a range beyond the end is an empty body. */
  get(key: string, range?: Readonly<{ start: number; end: number }>): Promise<Response | null>;
  head(key: string): Promise<Readonly<{ bytes: number }> | null>;
  remove(key: string): Promise<void>;
  /** @param page keys an answer */
  list(prefix: string, page?: number): AsyncGenerator<Listed>;
  /** An upload in pieces: begin, pieces from number 1, then complete with their tags, or abandon. */
  begin(key: string): Promise<string>;
  piece(key: string, place: Place, what: Piece): Promise<string>;
  complete(key: string, id: string, tags: readonly string[]): Promise<void>;
  abandon(key: string, id: string): Promise<void>;
}>;
type Place = Readonly<{ id: string; number: number }>;
type Piece = Readonly<{ body: Blob; signal: AbortSignal | undefined }>;
type Init = Readonly<{ body?: Blob | string; headers?: Record<string, string>; signal?: AbortSignal | undefined }>;
type Asked = Readonly<{ method: string; path: string }> & Init;

const TRIES = 3;
const MOST_KEYS = 1000;
const FIRST_MS = 200;
const NO_ROOM = /<Code>(QuotaExceeded|XMinioStorageFull|InsufficientStorage|EntityTooLarge)<\/Code>/;
const pause = (ms: number): Promise<void> => new Promise((resume) => void setTimeout(resume, ms));

/** Errors of the store itself: they pass, so the same is asked again. */
const passes = (status: number): boolean => status >= 500 || status === 429 || status === 408;

async function refused(answer: Response): Promise<Error> {
  const text = await answer.text();
  if (answer.status === 507 || NO_ROOM.test(text)) return storeFault.full();
  const [, code = `HTTP ${answer.status}`] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
  return storeFault.unavailable(code);
}

async function once({ endpoint, region, bucket, ...keys }: S3Options, { method, path, ...init }: Asked) {
  const signer = new AwsV4Signer({
    method,
    url: `${endpoint.replace(/\/$/, '')}/${bucket}${path}`,
    accessKeyId: keys.accessKey,
    secretAccessKey: keys.secretKey,
    service: 's3',
    region,
    headers: { ...init.headers },
  });
  const signed = await signer.sign();
  const { body, signal } = init;
  return fetch(signed.url, {
    method,
    headers: signed.headers,
    ...(body !== undefined && { body }),
    signal: signal ?? null,
  });
}

async function ask(options: S3Options, asked: Asked): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await once(options, asked).catch((error: unknown) => {
      asked.signal?.throwIfAborted();
      return storeFault.unavailable.with({ cause: error }, 'no answer');
    });
    const failed = answer instanceof Response ? passes(answer.status) : true;
    if (!failed && answer instanceof Response) return answer;
    if (tries === TRIES) throw answer instanceof Response ? await refused(answer) : answer;
    await pause(FIRST_MS * 2 ** tries);
  }
}

async function must(answer: Response): Promise<Response> {
  if (!answer.ok) throw await refused(answer);
  return answer;
}

const element = (text: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];

const listed = (entry: string): Listed => ({
  key: element(entry, 'Key') ?? '',
  bytes: Number(element(entry, 'Size')),
  atMs: Date.parse(element(entry, 'LastModified') ?? ''),
});

async function* list(options: S3Options, prefix: string, page = MOST_KEYS): AsyncGenerator<Listed> {
  for (let token: string | undefined; ;) {
    const query = new URLSearchParams({
      'list-type': '2',
      prefix,
      'max-keys': String(page),
      ...(token !== undefined && { 'continuation-token': token }),
    });
    const text = await (await must(await ask(options, { method: 'GET', path: `?${query.toString()}` }))).text();
    // Keys are ours: hexadecimal digits, dots, dashes and slashes, nothing that XML would escape.
    for (const [entry] of text.matchAll(/<Contents>[\s\S]*?<\/Contents>/g)) yield listed(entry);
    token = element(text, 'NextContinuationToken');
    if (token === undefined) return;
  }
}

type Send = (method: string, key: string, init?: Init) => Promise<Response>;
const done = async (answer: Response): Promise<void> => (await must(answer)).body?.cancel();

const uploads = (send: Send): Pick<S3Client, 'begin' | 'piece' | 'complete' | 'abandon'> => ({
  begin: async (key) => {
    const text = await (await must(await send('POST', `${key}?uploads=`))).text();
    const id = element(text, 'UploadId');
    if (id === undefined) throw storeFault.unavailable('no upload id');
    return id;
  },
  piece: async (key, { id, number }, { body, signal }) => {
    const query = new URLSearchParams({ partNumber: String(number), uploadId: id });
    const answer = await must(await send('PUT', `${key}?${query.toString()}`, { body, signal }));
    await answer.body?.cancel();
    return answer.headers.get('etag') ?? '';
  },
  complete: async (key, id, tags) => {
    const parts = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    const query = new URLSearchParams({ uploadId: id });
    const answer = await must(await send('POST', `${key}?${query.toString()}`, { body }));
    // The one answer that may say 200 and carry an error.
    const [, code] = /<Code>(\w+)<\/Code>/.exec(await answer.text()) ?? [];
    if (code !== undefined) throw storeFault.unavailable(code);
  },
  abandon: async (key, id) => done(await send('DELETE', `${key}?${new URLSearchParams({ uploadId: id }).toString()}`)),
});

/** A client of one bucket of any S3-compatible store. */
export function s3Client(options: S3Options): S3Client {
  const send = (method: string, key: string, init: Init = {}) => ask(options, { method, path: `/${key}`, ...init });
  return {
    put: async (key, body, signal) => done(await send('PUT', key, { body, signal })),
    get: async (key, range) => {
      const headers = range && { headers: { range: `bytes=${range.start}-${range.end}` } };
      const answer = await send('GET', key, headers);
      if (answer.status === 416) return new Response();
      return answer.status === 404 ? null : must(answer);
    },
    head: async (key) => {
      const answer = await send('HEAD', key);
      if (answer.status === 404) return null;
      await must(answer);
      return { bytes: Number(answer.headers.get('content-length')) };
    },
    remove: async (key) => {
      const answer = await send('DELETE', key);
      if (answer.status !== 404) await must(answer);
      await answer.body?.cancel();
    },
    list: (prefix, page) => list(options, prefix, page),
    ...uploads(send),
  };
}
