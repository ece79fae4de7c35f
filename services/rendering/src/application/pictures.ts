import { inputFault } from '@gts/artefacts';
import type { PictureSet, PictureTone, ToneData } from '@gts/audio';
import type { FileRef } from '../domain/file-ref';
import { kept, type MakerDeps, type MontageTone, type Plan, pictureKey } from './montage';
import type { MontageFile, RunOptions } from './ports';
import { pcmOfTone } from './tone-files';

/** Pictures that one worker draws in a go, and workers that draw. */
const [A_GO, LANES] = [4, 2];

type Spectrograms = readonly PictureTone['spectrogram'][];
type Shown = Readonly<{ plan: Plan; spectrograms: Spectrograms; file: MontageFile }>;

/** Draws what the video shows, a picture a piece, some at a time. */
export async function drawPieces(deps: MakerDeps, { plan, spectrograms, file }: Shown, run: RunOptions): Promise<void> {
  const set = await setOf(deps, { plan, spectrograms }, run);
  const indexes = plan.pieces.map((_, i) => i);
  const size = Math.min(A_GO, Math.ceil(indexes.length / LANES));
  for (let at = 0; at < indexes.length; at += LANES * size) {
    const goes = Array.from({ length: LANES }, (_, lane) => indexes.slice(at + lane * size).slice(0, size));
    await Promise.all(goes.map((go) => draw(deps, { set, indexes: go, file }, run)));
    run.onProgress?.(Math.min(1, (at + LANES * size) / indexes.length));
  }
}

type Go = Readonly<{ set: PictureSet; indexes: readonly number[]; file: MontageFile }>;

async function draw({ pictures }: MakerDeps, { set, indexes, file }: Go, { signal }: RunOptions): Promise<void> {
  if (indexes.length === 0) return;
  const drawn = await pictures.pieces(set, indexes, { signal });
  for (const [i, png] of drawn.entries()) await file.show(indexes[i] ?? 0, png);
}

async function setOf(deps: MakerDeps, { plan, spectrograms }: Omit<Shown, 'file'>, run: RunOptions) {
  const { title, targetLufs, frames, pieces } = plan;
  const tones: PictureTone[] = [];
  for (const [i, tone] of plan.tones.entries()) {
    const spectrogram = spectrograms[i];
    if (spectrogram) tones.push({ label: tone.label, gainDb: tone.gainDb, spectrogram, ...(await dataOf(deps, tone)) });
  }
  const timeline = await deps.pictures.timeline(await pcmOfTone(deps, plan.di), pieces, { signal: run.signal });
  return { title, targetLufs, frames, tones, pieces, timeline } satisfies PictureSet;
}

/** What tone.json knows already is not computed again. */
async function dataOf({ files }: MakerDeps, { data }: MontageTone): Promise<Pick<ToneData, 'ltasDb'>> {
  const bytes = await files.read(data);
  if (!bytes) throw inputFault.missing(data);
  const { ltasDb } = JSON.parse(Buffer.from(bytes).toString()) as ToneData;
  return { ltasDb };
}

/** The picture that stands for the whole set where somebody shares it. */
export function sharePicture(deps: MakerDeps, plan: Plan, { signal }: RunOptions): Promise<FileRef> {
  const { title, targetLufs, tones, di } = plan;
  const shown = { title, targetLufs, labels: tones.map(({ label }) => label) };
  return kept(deps, pictureKey(deps.pictures.id, di, shown), async () => {
    const png = await deps.pictures.share(await pcmOfTone(deps, di), shown, { signal });
    return deps.files.put(png, 'image/png');
  });
}
