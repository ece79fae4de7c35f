import type { DataOf, ReplyOf, UploadGear } from '@gts/contracts';
import { type Context, type Finding, isDomainError } from '@gts/kernel';
import { refuse } from '../domain/errors';
import { formatOf, irKindOf } from '../domain/gear';
import type { Inspection } from '../domain/gear-model';
import type { Deps, NewGear, StagedFile } from './ports';
import { gearView } from './views';

type Data = DataOf<typeof UploadGear>;

async function stagedFile({ staged, clock }: Deps, ctx: Context, sha256: string): Promise<StagedFile> {
  const file = await staged.find(ctx, sha256);
  if (!file || file.expiresAt <= clock.now()) throw refuse.FILE_NOT_STAGED(sha256);
  return file;
}

/** Nothing of a refused upload stays; the refusal itself is no effect of the command, so its id stays free. */
async function forget({ staged, artefacts }: Deps, ctx: Context, sha256: string): Promise<void> {
  if (await staged.drop({ ...ctx, commandId: undefined }, sha256)) await artefacts.delete(sha256);
}

async function inspected(deps: Deps, data: Data): Promise<Inspection> {
  const bytes = await deps.artefacts.read(data.fileSha256);
  if (!bytes) throw refuse.FILE_NOT_STAGED(data.fileSha256);
  try {
    return await deps.inspect(formatOf(data.gearType), bytes);
  } catch (error) {
    if (!isDomainError(error) || error.kind !== 'rule-violated') throw error;
    const limit = error.details?.['limit'] as Finding['limit'];
    const finding = {
      code: error.code,
      pointer: '/fileSha256',
      detail: error.message,
      ...(limit !== undefined && { limit }),
    };
    throw refuse.FILE_REJECTED.with({ details: { errors: [finding] }, cause: error }, error.message);
  }
}

async function assertNew({ models }: Deps, ctx: Context, sha256: string): Promise<void> {
  const { items } = await models(ctx).query({ index: 'bySha256', where: { sha256 }, limit: 1 });
  if (items[0]) throw refuse.DUPLICATE_FILE(items[0].name);
}

function drafted({ newId, staged }: Deps, ctx: Context, { data, bytes }: { data: Data; bytes: number }) {
  const { name, gearType, description = null, licenceCode, attribution, makeName, tags: tagNames } = data;
  const gearId = newId<'Gear'>();
  const licence = { code: licenceCode, raw: licenceCode, ...(attribution && { attribution }) };
  return {
    gearId,
    gearModelId: newId<'GearModel'>(),
    makeName,
    tagNames,
    staged: staged.keyOf(ctx, data.fileSha256),
    file: { sha256: data.fileSha256, bytes },
    gear: {
      scope: 'TENANT',
      name,
      gearType,
      irKind: irKindOf(gearType, data.irKind),
      format: formatOf(gearType),
      description,
      licence,
      source: { name: 'upload', recordId: gearId, url: null },
      availability: 'AVAILABLE',
    },
  } satisfies Omit<NewGear, 'inspection'>;
}

/** Makes gear of a staged file after validating it; a refused one leaves neither row nor file. */
export const uploadGear =
  (deps: Deps) =>
  async (data: Data, ctx: Context): Promise<ReplyOf<typeof UploadGear>> => {
    const { bytes } = await stagedFile(deps, ctx, data.fileSha256);
    const draft = drafted(deps, ctx, { data, bytes });
    try {
      await assertNew(deps, ctx, data.fileSha256);
      const inspection = await inspected(deps, data);
      if (!(await deps.artefacts.keep(data.fileSha256))) throw refuse.FILE_NOT_STAGED(data.fileSha256);
      return await deps.catalogue.add(ctx, { ...draft, inspection }, gearView);
    } catch (error) {
      const final = [refuse.FILE_REJECTED.code, refuse.DUPLICATE_FILE.code];
      if (isDomainError(error) && final.includes(error.code)) await forget(deps, ctx, data.fileSha256);
      throw error;
    }
  };
