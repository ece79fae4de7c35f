import {
  CreateDITrack,
  DeleteDITrack,
  GetDIAudio,
  GetDITrack,
  ListDITracks,
  RestoreDITrack,
  UpdateDITrack,
} from '@gts/contracts';
import { z } from 'zod';
import { http } from '../errors';
import { forward, locationOf } from '../forward';
import { ranged, serveArtefact } from '../media/serve-artefact';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route, type Route } from '../route';

const diTrackId = GetDITrack.data.shape.diTrackId;
const one = { path: '/di-tracks/{id}', params: { id: 'diTrackId' } } as const;
const file = { method: 'GET', who: 'V', tag: 'shootouts', params: { id: diTrackId }, bucket: 'media' } as const;
const example = { params: { id: GetDITrack.example.diTrackId } };

async function audio(request: EdgeRequest, ports: Ports): Promise<Answer> {
  const found = await ports.rpc.call(GetDIAudio, { diTrackId: diTrackId.parse(request.params['id']) }, request.ctx);
  return serveArtefact({ ...found, published: false }, request, ports);
}

async function waveform(request: EdgeRequest, ports: Ports): Promise<Answer> {
  const track = await ports.rpc.call(GetDITrack, { diTrackId: diTrackId.parse(request.params['id']) }, request.ctx);
  if (!track.waveform) throw http.NOT_FOUND();
  return serveArtefact({ ref: track.waveform, filename: `${track.name}.json`, published: false }, request, ports);
}

/** Dry recordings. */
export const diRoutes: readonly Route[] = [
  forward({
    method: 'GET',
    path: '/di-tracks',
    who: 'V',
    def: ListDITracks,
    lag: { def: GetDITrack, field: 'diTrackId' },
  }),
  forward({
    method: 'POST',
    path: '/di-tracks',
    who: 'E',
    def: CreateDITrack,
    status: 202,
    codes: [
      'SHOOTOUT.UPLOAD_INCOMPLETE',
      'SHOOTOUT.DUPLICATE_FILE',
      'SHOOTOUT.LIMIT_REACHED',
      'SHOOTOUT.QUOTA_EXCEEDED',
    ],
    answer: (track) => ({ json: track, headers: { ...locationOf(one.path, track.id), 'retry-after': '2' } }),
  }),
  forward({ ...one, method: 'GET', who: 'V', def: GetDITrack }),
  forward({ ...one, method: 'PATCH', who: 'E', def: UpdateDITrack, codes: ['SHOOTOUT.RIFF_INVALID'] }),
  forward({ ...one, method: 'DELETE', who: 'E', def: DeleteDITrack, status: 204 }),
  forward({
    ...one,
    method: 'POST',
    path: '/di-tracks/{id}/restore',
    who: 'E',
    def: RestoreDITrack,
    codes: ['SHOOTOUT.RESTORE_REFUSED'],
  }),
  route({
    ...file,
    path: '/di-tracks/{id}/audio',
    operationId: GetDIAudio.name,
    summary: GetDIAudio.summary,
    query: z.strictObject({ download: z.literal('1').optional() }),
    ...ranged,
    produces: 'audio/flac',
    codes: ['SHOOTOUT.DI_NOT_READY', 'HTTP.RANGE_NOT_SATISFIABLE'],
    example,
    act: audio,
  }),
  route({
    ...file,
    path: '/di-tracks/{id}/waveform',
    operationId: 'GetDITrackByWaveform',
    summary: 'The drawn shape of a recording: 900 pairs of lowest and highest value.',
    produces: 'application/json',
    example,
    act: waveform,
  }),
];
