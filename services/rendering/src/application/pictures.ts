import { inputFault } from '@gts/artefacts';
import type { PictureSet, PictureTone, ToneData } from '@gts/audio';
import type { FileRef } from '../domain/file-ref';
import { kept, type MakerDeps, type MontageTone, type Plan, pictureKey } from './montage';
import type { MontageFile, RunOptions } from './ports';
import { pcmOfTone } from './tone-files';

/** Pictures that wait in memory for their file. */
const AT_ONCE = 8;

type Spectrograms = readonly PictureTone['spectrogram'][];
type Shown = Readonly<{ plan: Plan; spectrograms: Spectrograms; file: MontageFile }>;

/** Draws what the video shows, a picture a piece, some at a time. */
export async function drawPieces(deps: MakerDeps, { plan, spectrograms, file }: Shown, run: RunOptions): Promise<void> {
  const set = await setOf(deps, { plan, spectrograms }, run);
  const { length } = plan.pieces;
  for (let at = 0; at < length; at += AT_ONCE) {
    const indexes = plan.pieces.slice(at, at + AT_ONCE).map((_, i) => at + i);
    const pictures = await deps.pictures.pieces(set, indexes, { signal: run.signal });
    for (const [i, png] of pictures.entries()) await file.show(at + i, png);
    run.onProgress?.(Math.min(1, (at + AT_ONCE) / length));
  }
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
