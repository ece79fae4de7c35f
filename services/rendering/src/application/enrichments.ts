import { chapterText, type PictureTone, stageKey } from '@gts/audio';
import type { EnrichmentKind, Made } from '../domain/enrichment';
import type { Maker } from './enrich-render';
import { kept, type MakerDeps, partsOf, type Plan, planOf, soundOf } from './montage';
import { drawPieces, sharePicture } from './pictures';
import type { RunOptions } from './ports';

/** Who makes what beside a finished set. */
export const makers = (deps: MakerDeps): Readonly<Record<EnrichmentKind, Maker>> => ({
  picture: async (job, options) => ({ file: await sharePicture(deps, planOf(job), options) }),
  montage: (job, options) => montage(deps, planOf(job), options),
  video: (job, options) => video(deps, planOf(job), options),
});

const chapterList = ({ chapters }: Plan) => chapters.map(({ label, startMs }) => ({ label, startMs }));

async function montage(deps: MakerDeps, plan: Plan, options: RunOptions): Promise<Made> {
  const { assembler, files, sound } = deps;
  const { chapters } = plan;
  const key = stageKey({ stage: 'montage', engine: `${sound.id}+${assembler.id}`, ...soundOf(plan) });
  const file = await kept(deps, key, () =>
    assembler.using(async (work) => {
      await work.write(partsOf(deps, { plan }, options));
      return work.flac(options);
    }),
  );
  const text = stageKey({ stage: 'chapters', engine: sound.id, inputs: [], params: { chapters } });
  const chaptersFile = await kept(deps, text, () => files.put(Buffer.from(chapterText(chapters)), 'text/plain'));
  return { file, chapters: chapterList(plan), chaptersFile };
}

/** Cutting and drawing take little beside the encoder. */
const CUT = 0.1;
const DRAWN = 0.25;

async function video(deps: MakerDeps, plan: Plan, { signal, onProgress }: RunOptions): Promise<Made> {
  const part = (from: number, to: number): RunOptions => ({
    signal,
    onProgress: (done) => onProgress?.(from + (to - from) * done),
  });
  const file = await kept(deps, videoKey(deps, plan), () =>
    deps.assembler.using(async (work) => {
      const spectrograms: PictureTone['spectrogram'][] = [];
      await work.write(partsOf(deps, { plan, seen: (each) => void spectrograms.push(each) }, part(0, CUT)));
      const film = async (): Promise<void> => {
        await drawPieces(deps, { plan, spectrograms, file: work }, part(CUT, DRAWN));
        await work.film(plan.chapters, part(DRAWN, 1));
      };
      await Promise.all([work.track({ signal }), film()]);
      return work.video(plan.chapters, { signal });
    }),
  );
  return { file, chapters: chapterList(plan) };
}

/** No two encoders write the same bytes, but one video of a set is as good as another. */
function videoKey({ assembler, pictures, sound }: MakerDeps, plan: Plan): string {
  const { inputs, params } = soundOf(plan);
  const { tones, title, targetLufs, di } = plan;
  return stageKey({
    stage: 'video',
    engine: `${sound.id}+${pictures.id}+${assembler.id}`,
    inputs: [...inputs, di.sha256],
    params: { ...params, title, targetLufs, labels: tones.map(({ label }) => label) },
  });
}
