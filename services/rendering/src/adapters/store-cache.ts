import { pcmBytes, pcmOf } from '@gts/audio';
import { type ArtefactStore } from '@gts/artefacts';
import { type Context, epochMsOf, hasCode, type Instant, SYSTEM_TENANT } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { RenderCache } from '../application/ports';
import type { Sound } from '../domain/render-job';
import { inPieces, readWhole } from './artefact-files';
import { type StageRow, stageRows } from './collections';
import { onceOf } from './once';
import type { LocalSounds } from './local-sounds';

type Deps = Readonly<{ store: Store; artefacts: ArtefactStore; local: LocalSounds; now: () => string }>;

const DAY_MS = 86_400_000;

/** Content belongs to nobody: the cache asks in its own name. */
const CACHE: Context = {
  tenantId: SYSTEM_TENANT,
  actor: { kind: 'service', id: 'rendering' },
  scopes: [],
  correlationId: 'render-cache',
  deadline: 8.64e15,
};

/** Keys in the service's store; PCM in a local folder, and in the artefact store where another item reads it. */
export function storeCache({ store, artefacts, local, now }: Deps): RenderCache & {
  /** Forgets what was not used since; returns how many results. */
  sweep(before: Instant): Promise<number>;
} {
  const find = (key: string) => store.collection(stageRows, CACHE).find(key);
  const put = async (key: string, part: Partial<StageRow>): Promise<void> => {
    await store.transaction({ ...CACHE }, async (unit) => {
      const rows = unit.collection(stageRows);
      const old = await rows.find(key);
      await rows.put(key, { sound: null, value: null, ...(old && withoutMeta(old)), ...part, usedAt: now() });
    });
  };
  return {
    sweep: (before) => sweepRows({ store, artefacts, local }, before),
    find: async (key) => {
      const row = await find(key);
      if (row && isStale(row, now())) await put(key, {});
      return row?.sound ?? undefined;
    },
    read: async (sound) => readSound({ artefacts, local }, sound),
    async keep(key, { samples, sha256 }, durable) {
      const bytes = pcmBytes(samples);
      await local.write(sha256, bytes);
      if (durable) await artefacts.put(inPieces(bytes));
      const sound = { sha256, frames: samples.length };
      await put(key, { sound });
      return sound;
    },
    forget: (key) => store.transaction({ ...CACHE }, (unit) => unit.collection(stageRows).purge(key)),
    findValue: async (key) => (await find(key))?.value ?? undefined,
    keepValue: (key, value) => put(key, { value }),
    once: onceOf(),
  };
}

/** Noted once a day: a hit costs no write. */
const isStale = ({ usedAt }: StageRow, now: string): boolean =>
  epochMsOf(now as Instant) - epochMsOf(usedAt as Instant) > DAY_MS;

async function sweepRows({ store, artefacts, local }: Omit<Deps, 'now'>, before: Instant): Promise<number> {
  const old = { index: 'byUse', where: { usedAt: { lt: before } }, limit: 200 };
  let removed = 0;
  for (let page = await store.collection(stageRows, CACHE).query(old); page.items.length > 0;) {
    for (const { sound, meta } of page.items) {
      await store.transaction({ ...CACHE }, (unit) => unit.collection(stageRows).purge(meta.id));
      if (sound) await Promise.all([artefacts.delete(sound.sha256), local.remove(sound.sha256)]);
      removed += 1;
    }
    page = await store.collection(stageRows, CACHE).query(old);
  }
  return removed;
}

const withoutMeta = ({ sound, value }: StageRow) => ({ sound, value });

async function readSound(
  { artefacts, local }: Pick<Deps, 'artefacts' | 'local'>,
  { sha256 }: Sound,
): Promise<Float32Array | undefined> {
  const near = await local.read(sha256);
  if (near) return new Float32Array(near.buffer, 0, near.length >> 2);
  const far = await readWhole(artefacts, sha256).catch((error: unknown) => {
    // Damaged is as good as absent: it is computed again.
    if (hasCode(error, 'input.corrupt')) return null;
    throw error;
  });
  if (!far) return undefined;
  await local.write(sha256, far);
  return pcmOf(far);
}
