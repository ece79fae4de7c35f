import {
  commonLength,
  describeTones,
  level,
  offsetWarnings,
  paddedSize,
  stageKey,
  toneData,
  toneDataBytes,
  verifySet,
} from '@gts/audio';
import type { FileRef, RenderJob, Sound } from '../domain/render-job';
import { each } from './each';
import type { Levellable, Measures, RunOptions } from './ports';
import { encodeTone, pcmOfTone, type SealedTone, sealTone, type ToneFileDeps } from './tone-files';

type Deps = ToneFileDeps &
  Readonly<{
    /** Tones worked on at once. */
    width: number;
  }>;
export type FinishedTone = Omit<SealedTone, 'analysis'> & Readonly<{ data: FileRef; text: string }>;
export type FinishedSet = Readonly<{
  tones: readonly FinishedTone[];
  frames: number;
  targetLufs: number;
  limitedBy: string | undefined;
  warnings: readonly string[];
}>;
export type FinishProgress = (stage: 'level' | 'encode', fraction: number) => void;
type Options = Readonly<{ signal: AbortSignal; onProgress: FinishProgress }>;
type Source = Readonly<{ toneId: string; sound: Sound }>;

/** Encoding takes longer than looking at what was encoded. */
const ENCODING = 0.8;

/** Stages 6 to 10 for the whole set; equal inputs give what an earlier run stored. */
export const finishTones =
  (deps: Deps) =>
  async ({ tones, prepared }: Pick<RenderJob, 'tones' | 'prepared'>, options: Options): Promise<FinishedSet> => {
    const { width } = deps;
    const { signal, onProgress } = options;
    const sources = tones.flatMap(({ toneId, sound }) => (sound ? [{ toneId, sound }] : []));
    const frames = commonLength(
      sources.map(({ sound }) => sound.frames),
      prepared?.frames ?? 0,
    );
    const diOnsetMs = prepared ? await onset(deps, prepared, { signal }) : null;
    const measures = await each(
      sources,
      { width, signal, onProgress: (done) => onProgress('level', done) },
      (source, run) => measured(deps, { source, frames }, run),
    );
    const levelling = level(measures);
    const levelled = sources.map((source, i) => {
      return { ...source, frames, gainDb: levelling.gainsDb[i] ?? 0, diOnsetMs, before: measures[i] as Measures };
    });
    const encoded = await each(
      levelled,
      { width, signal, onProgress: (done) => onProgress('encode', ENCODING * done) },
      (tone, run) => encodeTone(deps, tone, run),
    );
    const size = paddedSize(encoded.map(({ found }) => found.size));
    const sealed = await each(
      encoded,
      { width, signal, onProgress: (done) => onProgress('encode', ENCODING + (1 - ENCODING) * done) },
      (tone, run) => sealTone(deps, { ...tone, size }, run),
    );
    verifySet(
      sealed.map(({ encoded: found, frames: own }) => ({ ...found, frames: own })),
      { targetLufs: levelling.targetLufs, frames },
    );
    const { targetLufs, limitedBy } = levelling;
    const metrics = sealed.map(({ analysis }) => analysis.metrics);
    return {
      tones: await described(deps, sealed, targetLufs),
      frames,
      targetLufs,
      limitedBy: limitedBy === null ? undefined : sources[limitedBy]?.toneId,
      warnings: [...levelling.warnings, ...offsetWarnings(metrics)],
    };
  };

/** When the recording itself begins: what the tones' beginnings are counted from. */
async function onset(deps: Deps, prepared: Sound, run: RunOptions): Promise<number | null> {
  const key = stageKey({ stage: 'onset', engine: deps.sound.id, inputs: [prepared.sha256], params: {} });
  return deps.cache.once(key, run, async () => {
    const known = (await deps.cache.findValue(key)) as { ms: number | null } | undefined;
    if (known) return known.ms;
    const ms = await deps.sound.onset(await pcmOfTone(deps, prepared), run);
    await deps.cache.keepValue(key, { ms });
    return ms;
  });
}

type Framed = Readonly<{ source: Source; frames: number }>;

async function measured(deps: Deps, { source: { sound }, frames }: Framed, run: RunOptions): Promise<Levellable> {
  const inputs = [sound.sha256];
  const key = stageKey({ stage: 'measure', engine: deps.sound.id, inputs, params: { frames } });
  return deps.cache.once(key, run, async () => {
    const known = (await deps.cache.findValue(key)) as Levellable | undefined;
    if (known) return known;
    const measures = await deps.meter.measure(await pcmOfTone(deps, sound), frames, run);
    await deps.cache.keepValue(key, measures);
    return measures;
  });
}

/** What only the whole set can say of a tone: its words, and with them its tone.json. */
async function described(
  { files, cache }: Deps,
  sealed: readonly SealedTone[],
  targetLufs: number,
): Promise<readonly FinishedTone[]> {
  const texts = describeTones(sealed.map(({ analysis }) => analysis.metrics));
  const tones: FinishedTone[] = [];
  for (const [i, { analysis, ...tone }] of sealed.entries()) {
    const text = texts[i] ?? '';
    const bytes = toneDataBytes(toneData(analysis, levellingOf(tone, targetLufs), text));
    const data = await files.put(bytes, 'application/json');
    // Held like the result of a stage, so that it is let go of some day.
    await cache.keepValue(`tone-data/${data.sha256}`, { data });
    tones.push({ ...tone, text, data });
  }
  return tones;
}

const levellingOf = ({ before, encoded, gainDb }: Omit<SealedTone, 'analysis'>, targetLufs: number) => ({
  integratedLufs: before.integrated,
  truePeakDbtp: before.truePeak,
  samplePeakDbfs: before.samplePeak,
  gainDb,
  targetLufs,
  encodedLufs: encoded.integrated,
  encodedTruePeakDbtp: encoded.truePeak,
});
