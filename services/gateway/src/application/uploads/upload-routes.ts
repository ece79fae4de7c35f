import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { AbortUpload, AppendChunk, type ArtefactRef, CreateUpload, GetUpload, id, type ReplyOf } from '@gts/contracts';
import type { StoredArtefact } from '@gts/artefacts';
import { http } from '../errors';
import type { Ports } from '../ports';
import { addressOf, type Answer, type EdgeRequest, route, type Route } from '../route';
import { handingOver, type Put } from './handing-over';
import { type Checksum, receive, tooLarge } from './receive';
import { stalling } from './stalling';
import { checksumOf, CHUNK_BYTES, checkTus, lengthOf, metadataOf, offsetOf, tusHeaders } from './tus';

type Upload = ReplyOf<typeof GetUpload>;
const RAW = 'application/octet-stream';
const uploadId = id('Upload');
const params = { id: uploadId };

const stateOf = (upload: Upload): Record<string, string> => ({
  ...tusHeaders,
  'upload-offset': String(upload.offset),
  'upload-length': String(upload.length),
  'upload-expires': new Date(upload.expiresAt).toUTCString(),
});

async function create(request: EdgeRequest, { rpc, settings }: Ports): Promise<Answer> {
  checkTus(request.headers);
  const length = lengthOf(request.headers);
  const upload = await rpc.call(CreateUpload, { purpose: 'di', length, ...metadataOf(request.headers) }, request.ctx);
  const location = settings.publicUrl + addressOf({ path: `/uploads/${upload.id}` });
  return { headers: { ...stateOf(upload), location }, json: undefined };
}

const find = ({ params: { id: given = '' }, ctx }: EdgeRequest, { rpc }: Ports): Promise<Upload> =>
  rpc.call(GetUpload, { uploadId: uploadId.parse(given) }, ctx);

async function head(request: EdgeRequest, ports: Ports): Promise<Answer> {
  checkTus(request.headers);
  const upload = await find(request, ports);
  if (upload.status === 'ABORTED') throw http.NOT_FOUND();
  if (upload.status === 'EXPIRED') throw http.UPLOAD_EXPIRED('the upload is older than 24 h: begin a new one');
  return { headers: { ...stateOf(upload), 'cache-control': 'no-store' } };
}

async function append(request: EdgeRequest, ports: Ports): Promise<Answer> {
  const { headers, ctx, raw } = request;
  checkTus(headers);
  if (headers['content-type'] !== 'application/offset+octet-stream')
    throw http.UNSUPPORTED_MEDIA_TYPE('send Content-Type: application/offset+octet-stream');
  const offset = offsetOf(headers);
  const checksum = checksumOf(headers);
  const upload = await find(request, ports);
  const after = await handingOver(ports.artefacts, async (put) => {
    // Bytes at a wrong offset are not even stored: the context refuses, as it decides the race of two.
    const chunk = offset === upload.offset ? await receiveChunk({ upload, raw, checksum, put }, ports) : nothing;
    const later = { ...ctx, deadline: ports.clock.epochMs() + 10_000 };
    return ports.rpc.call(AppendChunk, { uploadId: upload.id, offset, ...chunk }, later);
  });
  return { headers: stateOf(after) };
}

const nothing = {
  chunk: {
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    bytes: 0,
    mediaType: RAW,
  },
};
type Chunk = Readonly<{ chunk: ArtefactRef; whole?: ArtefactRef }>;
type Arriving = Readonly<{ upload: Upload; raw: IncomingMessage; checksum: Checksum | undefined; put: Put }>;

/** Stores what arrives, also where the connection is cut, and joins the whole with the last chunk. */
async function receiveChunk({ upload, raw, checksum, put }: Arriving, ports: Ports): Promise<Chunk> {
  const most = Math.min(CHUNK_BYTES, upload.length - upload.offset);
  if (Number(raw.headers['content-length'] ?? 0) > most) throw tooLarge(most);
  const { stream } = receive(raw, { most, checksum, stalled: stalling });
  const chunk = refOf(await put(stream, CHUNK_BYTES));
  if (chunk.bytes === 0) throw http.BAD_REQUEST('no byte arrived');
  const last = upload.offset + chunk.bytes === upload.length;
  return last && upload.chunks.length > 0 ? { chunk, whole: await join({ upload, put }, chunk, ports) } : { chunk };
}

const refOf = ({ sha256, bytes }: StoredArtefact): ArtefactRef => ({ sha256, bytes, mediaType: RAW });

/** The last chunk has come: all of them, one after the other, become one file. */
type Joining = Pick<Arriving, 'upload' | 'put'>;

async function join({ upload, put }: Joining, last: ArtefactRef, { artefacts }: Ports): Promise<ArtefactRef> {
  async function* parts(): AsyncGenerator<Buffer> {
    for (const chunk of [...upload.chunks, last]) {
      const stream = await artefacts.get(chunk.sha256);
      if (!stream) throw http.UPLOAD_EXPIRED('a part of the upload is gone: begin a new one');
      yield* stream as AsyncIterable<Buffer>;
    }
  }
  return refOf(await put(Readable.from(parts(), { objectMode: false }), upload.length));
}

async function abort(request: EdgeRequest, { rpc }: Ports): Promise<Answer> {
  checkTus(request.headers);
  await rpc.call(AbortUpload, { uploadId: uploadId.parse(request.params['id']) }, request.ctx);
  return { headers: tusHeaders };
}

const version = { 'Tus-Resumable': { required: true, example: '1.0.0' } } as const;
const common = { tag: 'shootouts', who: 'E', path: '/uploads/{id}', params, status: 204 } as const;
const codes = ['HTTP.TUS_VERSION', 'SHOOTOUT.UPLOAD_EXPIRED'];
const example = { params: { id: CreateUpload.example ? GetUpload.example.uploadId : '' } };

/** Resumable uploads, tus 1.0.0: creation, checksum, expiration, termination. */
export const uploadRoutes: readonly Route[] = [
  route({
    ...common,
    method: 'OPTIONS',
    path: '/uploads',
    who: 'G',
    params: {},
    operationId: 'DescribeUploads',
    summary: 'What the tus server understands.',
    act: () => Promise.resolve({ headers: tusHeaders }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/uploads',
    params: {},
    status: 201,
    bucket: 'upload',
    operationId: CreateUpload.name,
    summary: CreateUpload.summary,
    codes: ['HTTP.TUS_VERSION', 'HTTP.VALIDATION_FAILED'],
    headers: {
      ...version,
      'Upload-Length': { required: true, pattern: '^\\d{1,15}$', example: '1048576' },
      'Upload-Metadata': { required: true, example: 'filename cmlmZi53YXY=,purpose ZGk=' },
    },
    act: create,
  }),
  route({
    ...common,
    method: 'HEAD',
    scope: 'write',
    status: 200,
    headers: version,
    operationId: GetUpload.name,
    summary: GetUpload.summary,
    codes,
    example,
    act: head,
  }),
  route({
    ...common,
    method: 'PATCH',
    takes: 'stream',
    bucket: 'media',
    headers: {
      ...version,
      'Upload-Offset': { required: true, pattern: '^\\d{1,15}$', example: '0' },
      'Upload-Checksum': { example: 'sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=' },
    },
    operationId: AppendChunk.name,
    summary: AppendChunk.summary,
    codes: [
      ...codes,
      'SHOOTOUT.OFFSET_MISMATCH',
      'HTTP.CHECKSUM_MISMATCH',
      'HTTP.PAYLOAD_TOO_LARGE',
      'HTTP.UNSUPPORTED_MEDIA_TYPE',
    ],
    example,
    act: append,
  }),
  route({
    ...common,
    method: 'DELETE',
    headers: version,
    operationId: AbortUpload.name,
    summary: AbortUpload.summary,
    codes,
    example,
    act: abort,
  }),
];
