import { pcmBytes, pcmOf } from '@gts/audio';
import { type ArtefactStore } from '@gts/artefacts';
import { epochMsOf, hasCode, type Instant, serviceContext } from '@gts/kernel';
import { type Store, storeErrors, type Stored } from '@gts/persistence';
import type { RenderCache } from '../application/ports';
import type { Sound } from '../domain/render-job';
import { inPieces, readWhole } from './artefact-files';
import { type StageRow, stageRows } from './collections';
import { onceOf } from './once';
import type { LocalSounds } from './local-sounds';

type Deps = Readonly<{ store: Store; artefacts: ArtefactStore; local: LocalSounds; now: () => string }>;

const DAY_MS = 86_400_000;

/** Content belongs to nobody: the cache asks in its own name. */
const CACHE = serviceContext('rendering', 'render-cache');

/** Keys in the service's store; PCM in a local folder, and in the artefact store where another item reads it. */
export function storeCache(deps: Deps): RenderCache & {
  /** Forgets what was not used since; returns how many results. */
  sweep(before: Instant): Promise<number>;
} {
  const { store, artefacts, local, now } = deps;
  const find = (key: string) => store.collection(stageRows, CACHE).find(key);
  const put = async (key: string, part: Partial<StageRow>): Promise<void> => {
    const write = () =>
      store.transaction({ ...CACHE }, async (unit) => {
        const rows = unit.collection(stageRows);
        const old = await rows.find(key);
        const row = { sound: null, value: null, ...(old && withoutMeta(old)), ...part };
        await rows.put(key, { ...row, usedAt: now(), files: filesOf(row) });
        return old;
      });
    const before = await write().catch((error: unknown) => onceMore(error, write));
    if (before) await release(deps, filesOf(before));
  };
  const used = async (key: string) => {
    const row = await find(key);
    if (row && isStale(row, now())) await put(key, {});
    return row;
  };
  return {
    sweep: (before) => sweepRows(deps, before),
    find: async (key) => (await used(key))?.sound ?? undefined,
    read: async (sound) => readSound({ artefacts, local }, sound),
    async keep(key, { samples, sha256 }, durable) {
      const bytes = pcmBytes(samples);
      await Promise.all([local.write(sha256, bytes), durable && artefacts.put(inPieces(bytes))]);
      const sound = { sha256, frames: samples.length };
      await put(key, { sound });
      return sound;
    },
    forget: async (key) => {
      const row = await find(key);
      if (row) await drop(deps, row);
    },
    findValue: async (key) => (await used(key))?.value ?? undefined,
    keepValue: (key, value) => put(key, { value }),
    once: onceOf(),
  };
}

/** Of two that keep a new result at once the second is told that the key is taken; then it finds the row. */
function onceMore<R>(error: unknown, work: () => Promise<R>): Promise<R> {
  if (!hasCode(error, storeErrors.DUPLICATE_KEY.code)) throw error;
  return work();
}

/** Noted once a day: a hit costs no write. */
const isStale = ({ usedAt }: StageRow, now: string): boolean =>
  epochMsOf(now as Instant) - epochMsOf(usedAt as Instant) > DAY_MS;

async function sweepRows(deps: Deps, before: Instant): Promise<number> {
  const old = { index: 'byUse', where: { usedAt: { lt: before } }, limit: 200 };
  const page = () => deps.store.collection(stageRows, CACHE).query(old);
  let removed = 0;
  for (let { items } = await page(); items.length > 0; { items } = await page())
    for (const row of items) {
      await drop(deps, row);
      removed += 1;
    }
  return removed;
}

/** The row goes first: a stop in between leaves a mark too many, which costs disk, never a file that a row names. */
async function drop(deps: Deps, row: Stored<StageRow>): Promise<void> {
  await deps.store.transaction({ ...CACHE }, (unit) => unit.collection(stageRows).purge(row.meta.id));
  await release(deps, filesOf(row));
}

/** Lets go of those that no row names any more. */
async function release({ store, artefacts, local }: Deps, hashes: readonly string[]): Promise<void> {
  for (const sha256 of hashes) {
    const named = { index: 'byFile', where: { files: sha256 }, limit: 1 };
    const { items } = await store.collection(stageRows, CACHE).query(named);
    if (items.length === 0) await Promise.all([artefacts.delete(sha256), local.remove(sha256)]);
  }
}

/** Whatever in a result names bytes by `sha256`, each once. */
const filesOf = ({ sound, value }: Pick<StageRow, 'sound' | 'value'>): string[] => [
  ...new Set([...hashesIn(sound), ...hashesIn(value)]),
];

function* hashesIn(part: unknown): Generator<string> {
  if (typeof part !== 'object' || part === null) return;
  for (const [name, value] of Object.entries(part))
    if (name === 'sha256' && typeof value === 'string') yield value;
    else yield* hashesIn(value);
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
