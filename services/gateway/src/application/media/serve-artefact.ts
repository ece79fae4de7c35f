import type { ArtefactRef } from '@gts/contracts';
import { http } from '../errors';
import type { Ports } from '../ports';
import type { Answer, EdgeRequest } from '../route';
import { rangeOf } from './ranges';

export type Served = Readonly<{ ref: ArtefactRef; filename: string; published: boolean }>;

const SAFE = /[^A-Za-z0-9._-]+/g;
const extensions: Readonly<Record<string, string>> = {
  'audio/flac': '.flac',
  'audio/wav': '.wav',
  'audio/ogg': '.opus',
  'application/json': '.json',
  'image/png': '.png',
  'text/plain': '.txt',
  'video/mp4': '.mp4',
};

/** A name that is safe in a header and on any disk. */
function safeName(name: string, mediaType: string): string {
  const stem =
    name
      .normalize('NFKD')
      .replace(SAFE, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 120) || 'file';
  const extension = extensions[mediaType] ?? '';
  return stem.endsWith(extension) ? stem : `${stem}${extension}`;
}

/** What a row that serves one says in the document. */
export const ranged = {
  headers: { Range: { example: 'bytes=0-1023' }, 'If-Range': { example: '"9f86d081"' } },
  also: [206],
} as const;

/** The bytes of an artefact, whole or one range; the hash is the ETag. */
export async function serveArtefact(served: Served, request: EdgeRequest, { artefacts }: Ports): Promise<Answer> {
  const { ref } = served;
  const etag = `"${ref.sha256}"`;
  const headers = { ...mediaHeaders(served, request), etag };
  if (matches(request.headers['if-none-match'], etag)) return { status: 304, headers };
  const condition = request.headers['if-range'];
  const asked = rangeOf(condition === undefined || condition === etag ? request.headers.range : undefined, ref.bytes);
  if (asked.kind === 'unsatisfiable')
    throw http.RANGE_NOT_SATISFIABLE.with(
      { details: { contentRange: `bytes */${ref.bytes}` } },
      `the file has ${ref.bytes} bytes`,
    );
  const stream = await artefacts.get(ref.sha256, asked.kind === 'part' ? asked.range : undefined);
  if (!stream) throw http.NOT_FOUND();
  if (asked.kind === 'whole') return { headers, content: { type: ref.mediaType, bytes: stream, length: ref.bytes } };
  const { start, end } = asked.range;
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${ref.bytes}` },
    content: { type: ref.mediaType, bytes: stream, length: end - start + 1 },
  };
}

function mediaHeaders({ ref, filename, published }: Served, request: EdgeRequest): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'cache-control': `${published ? 'public' : 'private'}, max-age=3600`,
    ...(published ? { 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' } : {}),
    ...(request.query['download'] === '1'
      ? { 'content-disposition': `attachment; filename="${safeName(filename, ref.mediaType)}"` }
      : {}),
  };
}

/** Whether If-None-Match names this ETag (weak comparison). */
export const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => each.trim().replace(/^W\//, '') === etag));
