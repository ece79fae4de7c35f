import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { AppendChunk, CreateUpload, GetUpload } from '@gts/contracts';
import { DomainError } from '@gts/kernel';
import { anId } from '@gts/testing';
import { openEdge } from '../../../../../tests/support/edge';

const id = anId<'Upload'>(60);
type Ref = { sha256: string; bytes: number; mediaType: string };
let edge: Awaited<ReturnType<typeof openEdge>>;
let upload: {
  id: string;
  status: string;
  length: number;
  offset: number;
  chunks: Ref[];
  whole?: Ref;
  expiresAt: string;
};
const tus = { 'tus-resumable': '1.0.0' };

beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());
beforeEach(() => {
  upload = { id, status: 'OPEN', length: 0, offset: 0, chunks: [], expiresAt: '2026-01-02T00:00:00.000Z' };
  edge.answers.set(CreateUpload.name, ({ length }: { length: number }) => Object.assign(upload, { length }));
  edge.answers.set(GetUpload.name, () => structuredClone(upload));
  edge.answers.set(AppendChunk.name, ({ offset, chunk, whole }: { offset: number; chunk: Ref; whole?: Ref }) => {
    if (offset !== upload.offset)
      throw new DomainError({ kind: 'conflict', code: 'SHOOTOUT.OFFSET_MISMATCH', message: '' });
    return Object.assign(upload, {
      offset: offset + chunk.bytes,
      chunks: [...upload.chunks, chunk],
      ...(whole && { whole }),
    });
  });
});

const named = `filename ${Buffer.from('riff.wav').toString('base64')},purpose ${Buffer.from('di').toString('base64')}`;
const create = (headers: Record<string, string>) =>
  edge.ask('/uploads', { method: 'POST', headers: { ...edge.cookies, ...tus, 'upload-metadata': named, ...headers } });
const patch = (body: Uint8Array, headers: Record<string, string> = {}) =>
  edge.ask(`/uploads/${id}`, {
    method: 'PATCH',
    headers: {
      ...edge.cookies,
      ...tus,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': '0',
      ...headers,
    },
    body: Buffer.from(body),
  });

test('creates, takes chunks and joins them with the last one', async () => {
  const bytes = randomBytes(3000);
  const created = await create({ 'upload-length': '3000' });
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe(`http://localhost:8080/api/v1/uploads/${id}`);
  expect((await patch(bytes.subarray(0, 1000))).headers.get('upload-offset')).toBe('1000');
  expect(
    (await edge.ask(`/uploads/${id}`, { method: 'HEAD', headers: { ...edge.cookies, ...tus } })).headers.get(
      'upload-offset',
    ),
  ).toBe('1000');
  expect((await patch(bytes.subarray(1000), { 'upload-offset': '1000' })).status).toBe(204);
  expect(upload.whole).toEqual({
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: 3000,
    mediaType: 'application/octet-stream',
  });
});

test('keeps what arrived before the connection was cut', async () => {
  await create({ 'upload-length': '3000' });
  const stored = new Promise<void>((resolve) => {
    const append = edge.answers.get(AppendChunk.name) as (data: object) => unknown;
    edge.answers.set(AppendChunk.name, (data: object) => {
      resolve();
      return append(data);
    });
  });
  const head = {
    ...edge.cookies,
    ...tus,
    host: 'x',
    'content-type': 'application/offset+octet-stream',
    'upload-offset': '0',
    'content-length': '3000',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  const socket = connect(edge.port, '127.0.0.1', () => {
    socket.write(`PATCH /api/v1/uploads/${id} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(Buffer.alloc(1500, 7), () => socket.end());
  });
  await stored;
  expect(upload.offset).toBe(1500);
});

test.each<[string, Record<string, string>, number]>([
  ['no version', { 'tus-resumable': '', 'upload-length': '1' }, 412],
  ['another version', { 'tus-resumable': '0.2.2', 'upload-length': '1' }, 412],
  ['no length', {}, 400],
  ['a deferred length', { 'upload-defer-length': '1' }, 400],
  ['length 0', { 'upload-length': '0' }, 422],
  ['101 MiB', { 'upload-length': String(101 * 1024 * 1024) }, 413],
  ['no metadata', { 'upload-length': '1', 'upload-metadata': '' }, 422],
  [
    'a name with NUL',
    { 'upload-length': '1', 'upload-metadata': `filename ${btoa('a\0b')},purpose ${btoa('di')}` },
    422,
  ],
  [
    'a name of 300',
    { 'upload-length': '1', 'upload-metadata': `filename ${btoa('x'.repeat(300))},purpose ${btoa('di')}` },
    422,
  ],
  ['another purpose', { 'upload-length': '1', 'upload-metadata': `filename ${btoa('x')},purpose ${btoa('ir')}` }, 422],
])('creation with %s', async (...[, headers, status]) => {
  expect((await create(headers)).status).toBe(status);
});

test.each<[string, Record<string, string>, number]>([
  ['no version', { 'tus-resumable': '' }, 412],
  ['another type', { 'content-type': 'application/octet-stream' }, 415],
  ['a wrong offset', { 'upload-offset': '5' }, 409],
  ['no offset', { 'upload-offset': '' }, 400],
  ['a wrong checksum', { 'upload-checksum': `sha256 ${Buffer.alloc(32).toString('base64')}` }, 460],
  ['an unknown checksum', { 'upload-checksum': 'md5 AAAA' }, 400],
])('a chunk with %s', async (...[, headers, status]) => {
  await create({ 'upload-length': '100' });
  expect((await patch(Buffer.alloc(50), headers)).status).toBe(status);
  expect(upload.offset).toBe(0);
});

test('a right checksum passes; a longer body than announced does not', async () => {
  await create({ 'upload-length': '100' });
  const digest = createHash('sha1').update(Buffer.alloc(50)).digest('base64');
  expect((await patch(Buffer.alloc(50), { 'upload-checksum': `sha1 ${digest}` })).status).toBe(204);
  expect((await patch(Buffer.alloc(51), { 'upload-offset': '50' })).status).toBe(413);
});

test('chunks, the joined file and refused bytes are left to whoever marks them', async () => {
  await create({ 'upload-length': '4' });
  await patch(Buffer.from('ab'));
  await patch(Buffer.from('cd'), { 'upload-offset': '2' });
  await create({ 'upload-length': '100' });
  await patch(Buffer.from('wrong'), { 'upload-checksum': `sha256 ${Buffer.alloc(32).toString('base64')}` });
  edge.answers.delete(AppendChunk.name);
  expect((await patch(Buffer.from('away'))).status).toBe(503);
  for (const { marks } of edge.shelf.values()) expect([...marks]).toEqual([]);
});
