import { type Context, hasCode, serviceContext } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { formatOf } from '../domain/gear';
import type { DemoFile, Deps } from './ports';

// The pack says CC0-1.0, the catalogue spells licences as TONE3000 does.
const licenceOf = (raw: string) => ({ code: raw.startsWith('CC0') ? 'cco' : 'unknown', raw }) as const;

async function isKnown({ gears }: Deps, ctx: Context, sha256: string): Promise<boolean> {
  const where = { sourceKey: `demo:${sha256}` };
  const { items } = await gears(ctx).query({ index: 'bySource', where, limit: 1, includeDeleted: true });
  return items.length > 0;
}

async function importFile(deps: Deps, ctx: Context, file: DemoFile): Promise<void> {
  const { gearType, title: name } = file;
  const bytes = await file.read();
  const inspection = await deps.inspect(formatOf(gearType), bytes);
  const stored = await deps.artefacts.put(bytes);
  const gear = {
    scope: 'PLATFORM',
    name,
    gearType,
    irKind: gearType === 'ir' ? 'cabinet' : null,
    format: formatOf(gearType),
    description: file.description ?? null,
    licence: licenceOf(file.licence),
    source: { name: 'demo', recordId: stored.sha256, url: null },
    availability: 'AVAILABLE',
  } as const;
  const [gearId, gearModelId] = [deps.newId<'Gear'>(), deps.newId<'GearModel'>()];
  const tagNames = file.tag === undefined ? [] : [file.tag];
  const added = { gearId, gearModelId, gear, makeName: undefined, tagNames, file: stored, inspection };
  await deps.catalogue.add(ctx, added, () => undefined);
}

type Failed = Readonly<{ title: string; error: unknown }>;
/** One file that cannot be used keeps no other out. */
type Imported = Readonly<{ added: number; failed: readonly Failed[] }>;

/** Takes the demo pack in: every capture and impulse response once, by the hash of its bytes; `stop` ends it early. */
export const importDemoPack =
  (deps: Deps) =>
  async (stop?: AbortSignal): Promise<Imported> => {
    let added = 0;
    const failed: Failed[] = [];
    for (const file of await deps.demoPack()) {
      if (stop?.aborted) break;
      const ctx = serviceContext('gear-catalog', 'demo-pack', deps.clock.epochMs() + 60_000);
      if (await isKnown(deps, ctx, file.sha256)) continue;
      try {
        await importFile(deps, ctx, file);
        added += 1;
      } catch (error) {
        // Another replica was faster.
        if (!hasCode(error, storeErrors.DUPLICATE_KEY.code)) failed.push({ title: file.title, error });
      }
    }
    return { added, failed };
  };
