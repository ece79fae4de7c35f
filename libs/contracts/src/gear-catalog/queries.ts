import { z } from 'zod';
import { pageOf, paging, sha256, text } from '../schemas';
import { gearCatalog, gearModelId, minEventSeq } from './context';
import {
  availability,
  gearFormat,
  gearModelView,
  gearSample as sample,
  gearType,
  gearView,
  irKind,
  label,
  licenceCode,
  sourceName,
} from './schemas';

export const SearchGear = gearCatalog.query('SearchGear', {
  version: 1,
  auth: 'public',
  summary: 'Pages through the gear of the platform and of the own workspace; filters combine.',
  data: z.strictObject({
    ...paging,
    /** Words, each a prefix of a word of name, make or tag. */
    q: text(0, 100).optional(),
    gearType: gearType.optional(),
    irKind: irKind.optional(),
    /** Slug of the maker. */
    make: text(1, 80).optional(),
    /** Slug of a tag. */
    tag: text(1, 80).optional(),
    licence: licenceCode.optional(),
    format: gearFormat.optional(),
    source: sourceName.optional(),
    /** Of a file: who has it already? */
    sha256: sha256.optional(),
    availability: availability.optional(),
    sort: z.enum(['newest', 'name', 'mostUsed']).default('newest'),
    includeDeleted: z.boolean().optional(),
  }),
  reply: pageOf(gearView),
  example: { limit: 25, gearType: 'amp', source: 'demo', sort: 'newest' },
});

export const GetGear = gearCatalog.query('GetGear', {
  version: 1,
  auth: 'public',
  summary: 'One piece of gear with its models, by id or slug.',
  data: z.strictObject({ idOrSlug: z.string().min(1).max(200), minEventSeq }),
  reply: gearView,
  example: { idOrSlug: 'daybreak-22-clean' },
});

export const GetGearModel = gearCatalog.query('GetGearModel', {
  version: 1,
  auth: 'public',
  summary: 'One file of gear, with what its gear says about it.',
  data: z.strictObject({ gearModelId, minEventSeq }),
  reply: gearModelView,
  example: { gearModelId: sample.gearModelId },
});

export const GetGearModels = gearCatalog.query('GetGearModels', {
  version: 1,
  auth: 'service',
  summary: 'Up to 100 models for another context; what the workspace of the call cannot see is left out.',
  data: z.strictObject({ gearModelIds: z.array(gearModelId).max(100) }),
  reply: z.strictObject({ items: z.array(gearModelView).max(100) }),
  example: { gearModelIds: [sample.gearModelId] },
});

export const ListGearTags = gearCatalog.query('ListGearTags', {
  version: 1,
  auth: 'public',
  summary: 'Tags and makes by name.',
  data: z.strictObject({ ...paging, kind: z.enum(['tag', 'make']).optional() }),
  reply: pageOf(label.extend({ kind: z.enum(['tag', 'make']) })),
  example: { limit: 25, kind: 'tag' },
});
