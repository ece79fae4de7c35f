import {
  DeleteGear,
  GetGear,
  GetGearModel,
  ListGearTags,
  SearchGear,
  sha256,
  StageFile,
  UpdateGear,
  UploadGear,
} from '@gts/contracts';
import { z } from 'zod';
import { http } from '../errors';
import { forward, locationOf } from '../forward';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route, type Route } from '../route';
import { handingOver } from '../uploads/handing-over';
import { receive, wrongChecksum } from '../uploads/receive';
import { stalling } from '../uploads/stalling';

const FILE_BYTES = 10 * 1024 * 1024;
const READ = /^(?:application\/octet-stream|application\/json|application\/x-nam|audio\/[a-z0-9.+-]+)$/;

async function stage(request: EdgeRequest, { rpc, artefacts, clock }: Ports): Promise<Answer> {
  const wanted = request.params['sha256'] ?? '';
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && !READ.test(type))
    throw http.UNSUPPORTED_MEDIA_TYPE('send application/octet-stream or audio/wav');
  const body = receive(request.raw, { most: FILE_BYTES, stalled: stalling });
  return handingOver(artefacts, async (put) => {
    const stored = await put(body.stream, FILE_BYTES);
    if (stored.sha256 !== wanted) throw wrongChecksum();
    const later = { ...request.ctx, deadline: clock.epochMs() + 10_000 };
    const { alreadyStaged, ...shown } = await rpc.call(StageFile, stored, later);
    return { status: alreadyStaged ? 200 : 201, json: shown };
  });
}

/** Captures and impulse responses. */
export const gearRoutes: readonly Route[] = [
  forward({ method: 'GET', path: '/gear', who: 'G', def: SearchGear, lag: { def: GetGear, field: 'idOrSlug' } }),
  forward({
    method: 'POST',
    path: '/gear',
    who: 'E',
    def: UploadGear,
    status: 201,
    codes: ['GEAR.FILE_NOT_STAGED', 'GEAR.DUPLICATE_FILE', 'GEAR.FILE_REJECTED', 'GEAR.LIMIT_REACHED'],
    answer: (gear) => ({ json: gear, headers: locationOf('/gear/{id}', gear.id) }),
  }),
  forward({ method: 'GET', path: '/gear/{idOrSlug}', who: 'G', def: GetGear, params: { idOrSlug: 'idOrSlug' } }),
  forward({
    method: 'PATCH',
    path: '/gear/{idOrSlug}',
    who: 'E',
    def: UpdateGear,
    params: { idOrSlug: 'gearId' },
    codes: ['GEAR.GEAR_READ_ONLY'],
  }),
  forward({
    method: 'DELETE',
    path: '/gear/{idOrSlug}',
    who: 'E',
    def: DeleteGear,
    params: { idOrSlug: 'gearId' },
    status: 204,
    codes: ['GEAR.GEAR_READ_ONLY'],
  }),
  forward({ method: 'GET', path: '/gear-tags', who: 'G', def: ListGearTags }),
  forward({ method: 'GET', path: '/gear-models/{id}', who: 'G', def: GetGearModel, params: { id: 'gearModelId' } }),
  route({
    method: 'PUT',
    path: '/files/{sha256}',
    who: 'E',
    tag: 'gear-catalog',
    operationId: StageFile.name,
    summary: StageFile.summary,
    params: { sha256 },
    takes: 'stream',
    status: 201,
    also: [200],
    reply: z.strictObject(StageFile.reply.shape).omit({ alreadyStaged: true }),
    codes: ['HTTP.CHECKSUM_MISMATCH', 'HTTP.PAYLOAD_TOO_LARGE', 'HTTP.UNSUPPORTED_MEDIA_TYPE'],
    example: { params: { sha256: StageFile.example.sha256 } },
    act: stage,
  }),
];
