import { type Chapter, chaptersOf, type Piece, planMontage, stageKey } from '@gts/audio';
import { DomainError } from '@gts/kernel';
import type { FileRef, RenderJob, Sound } from '../domain/render-job';
import type {
  Cut,
  Files,
  MontageAssembler,
  MontagePart,
  PictureRenderer,
  RenderCache,
  RunOptions,
  SharePicture,
  SoundProcessor,
} from './ports';
import { isIntact, pcmOfTone } from './tone-files';

export type MontageTone = Readonly<{ label: string; sound: Sound; gainDb: number; data: string }>;
/** A finished set as a sequence of pieces. */
export type Plan = Readonly<{
  tones: readonly MontageTone[];
  title: string;
  targetLufs: number;
  /** The recording as the tones play it. */
  di: Sound;
  frames: number;
  windowMs: number | null;
  pieces: readonly Piece[];
  chapters: readonly Chapter[];
}>;

/** Which stretch of which tone plays when, and what is told of it. */
export function planOf({ tones, levelled, prepared: di, spec }: RenderJob): Plan {
  if (!levelled || !di || !spec)
    throw new DomainError({ kind: 'unavailable', code: 'input.missing', message: 'the set is not finished' });
  const { frames, gainsDb, data, targetLufs } = levelled;
  const { title = '', montageWindowMs: windowMs = null } = spec;
  const known = tones.flatMap(({ toneId, sound }, i) => {
    const label = spec.tones.find((each) => each.toneId === toneId)?.label ?? '';
    return sound ? [{ label, sound, gainDb: gainsDb[i] ?? 0, data: data[i] ?? '' }] : [];
  });
  const pieces = planMontage(known.length, frames, windowMs);
  const labels = known.map(({ label }) => label);
  return { tones: known, title, targetLufs, di, frames, windowMs, pieces, chapters: chaptersOf(pieces, labels) };
}

/** What the sound of a montage is made from. */
export const soundOf = ({ tones, frames, windowMs }: Plan) => ({
  inputs: tones.map(({ sound }) => sound.sha256),
  params: { frames, windowMs, gainsDb: tones.map(({ gainDb }) => gainDb) },
});

/** What makers work with. */
export type MakerDeps = Readonly<{
  cache: RenderCache;
  files: Files;
  sound: SoundProcessor;
  pictures: PictureRenderer;
  assembler: MontageAssembler;
}>;
type Cutting = Readonly<{
  plan: Plan;
  /** Gets each tone's picture in time, where somebody draws them. */
  seen?: (spectrogram: NonNullable<Cut['spectrogram']>) => void;
}>;

/** The montage in pieces, one tone in memory at a time: ten minutes would be 115 MB, and a worker cuts for a video meanwhile. */
export async function* partsOf(
  deps: Pick<MakerDeps, 'cache' | 'sound'>,
  { plan, seen }: Cutting,
  { signal, onProgress }: RunOptions,
): AsyncGenerator<MontagePart> {
  const { tones } = plan;
  for (const index of tones.keys()) {
    const { parts, spectrogram } = await cutOf(deps, { plan, index, drawn: !!seen }, signal);
    if (spectrogram) seen?.(spectrogram);
    yield* parts;
    onProgress?.((index + 1) / tones.length);
  }
}

type OfTone = Readonly<{ plan: Plan; index: number; drawn: boolean }>;

async function cutOf(
  deps: Pick<MakerDeps, 'cache' | 'sound'>,
  { plan: { tones, frames, pieces }, index, drawn }: OfTone,
  signal: AbortSignal,
): Promise<Readonly<{ parts: readonly MontagePart[]; spectrogram: Cut['spectrogram'] }>> {
  const { sound, gainDb } = tones[index] as MontageTone;
  const own = pieces.filter(({ tone }) => tone === index);
  const params = { frames, gainDb, pieces: own, end: pieces.at(-1)?.start ?? 0, drawn };
  const { parts, spectrogram } = await deps.sound.cut(await pcmOfTone(deps, sound), params, { signal });
  return { parts: own.map(({ start }, i) => ({ start, s16: parts[i] ?? new Uint8Array() })), spectrogram };
}

export const pictureKey = (engine: string, di: Sound, params: SharePicture): string =>
  stageKey({ stage: 'picture', engine, inputs: [di.sha256], params });

/** A file that an earlier run made of the same, if it is still there and unharmed. */
export async function kept(
  { cache, files }: Readonly<{ cache: RenderCache; files: Files }>,
  key: string,
  make: () => Promise<FileRef>,
): Promise<FileRef> {
  const known = (await cache.findValue(key)) as FileRef | undefined;
  if (known && (await isIntact(files, known))) return known;
  if (known) await cache.forget(key);
  const file = await make();
  await cache.keepValue(key, file);
  return file;
}
