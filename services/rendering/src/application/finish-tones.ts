import { commonLength, level, stageKey, verifySet } from '@gts/audio';
import { DomainError } from '@gts/kernel';
import type { FileRef, RenderJob, Sound } from '../domain/render-job';
import type { Encoder, Files, LoudnessMeter, Measures, RenderCache, RunOptions, SoundProcessor } from './ports';
import { ofTone } from './refusal';

type Deps = Readonly<{
  cache: RenderCache;
  files: Files;
  meter: LoudnessMeter;
  sound: SoundProcessor;
  encoder: Encoder;
  /** Tones worked on at once. */
  width: number;
}>;
export type FinishedTone = Readonly<{
  toneId: string;
  listen: FileRef;
  download: FileRef;
  frames: number;
  gainDb: number;
  pcmSha256: string;
  before: Measures;
  encoded: Measures;
}>;
export type FinishedSet = Readonly<{
  tones: readonly FinishedTone[];
  targetLufs: number;
  limitedBy: string | undefined;
  warnings: readonly string[];
}>;
export type FinishProgress = (stage: 'level' | 'encode', fraction: number) => void;
type Options = Readonly<{ signal: AbortSignal; onProgress: FinishProgress }>;
type Source = Readonly<{ toneId: string; sound: Sound }>;

/** Stages 6 to 10 for the whole set; equal inputs give what an earlier run stored. */
export const finishTones =
  (deps: Deps) =>
  async ({ tones, prepared }: Pick<RenderJob, 'tones' | 'prepared'>, options: Options): Promise<FinishedSet> => {
    const sources = tones.flatMap(({ toneId, sound }) => (sound ? [{ toneId, sound }] : []));
    const frames = commonLength(
      sources.map(({ sound }) => sound.frames),
      prepared?.frames ?? 0,
    );
    const measures = await each(deps.width, { ...options, items: sources, stage: 'level' }, (source, run) =>
      measured(deps, { source, frames }, run),
    );
    const { targetLufs, limitedBy, gainsDb, warnings } = level(measures);
    const levelled = sources.map((source, i) => ({ source, frames, gainDb: gainsDb[i] ?? 0, before: measures[i] }));
    const finished = await each(deps.width, { ...options, items: levelled, stage: 'encode' }, (one, run) =>
      finished1(deps, one, run),
    );
    verifySet(
      finished.map(({ encoded, frames: own }) => ({ ...encoded, frames: own })),
      { targetLufs, frames },
    );
    return {
      tones: finished,
      targetLufs,
      limitedBy: limitedBy === null ? undefined : sources[limitedBy]?.toneId,
      warnings,
    };
  };

/** Runs `action` over all, `width` at once, in order of the results. */
async function each<T extends { source?: Source } | Source, R>(
  width: number,
  { items, signal, onProgress, stage }: Options & { items: readonly T[]; stage: 'level' | 'encode' },
  action: (item: T, run: RunOptions) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let ended = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i] as T;
      results[i] = await action(item, { signal }).catch((error: unknown) => {
        throw ofTone(error, 'toneId' in item ? item.toneId : (item.source?.toneId ?? ''));
      });
      ended += 1;
      onProgress(stage, ended / items.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

async function pcmOfTone({ cache }: Deps, { sound }: Source): Promise<Float32Array> {
  const samples = await cache.read(sound);
  if (samples) return samples;
  // What RenderChain stored is gone: a new run computes it again, this one cannot.
  throw new DomainError({ kind: 'unavailable', code: 'store.unavailable', message: 'a stored stage result is gone' });
}

async function measured(deps: Deps, { source, frames }: { source: Source; frames: number }, run: RunOptions) {
  const inputs = [source.sound.sha256];
  const key = stageKey({ stage: 'measure', engine: deps.sound.id, inputs, params: { frames } });
  const known = (await deps.cache.findValue(key)) as Measures | undefined;
  if (known) return known;
  const measures = await deps.meter.measure(await pcmOfTone(deps, source), frames, run);
  await deps.cache.keepValue(key, measures);
  return measures;
}

type Levelled = Readonly<{ source: Source; frames: number; gainDb: number; before: Measures | undefined }>;

async function finished1(deps: Deps, one: Levelled, run: RunOptions): Promise<FinishedTone> {
  const { source, frames, gainDb } = one;
  const engine = `${deps.sound.id}+${deps.encoder.id}`;
  const key = stageKey({ stage: 'finish', engine, inputs: [source.sound.sha256], params: { frames, gainDb } });
  const known = (await deps.cache.findValue(key)) as Files3 | undefined;
  const files = known && (await present(deps, known)) ? known : await encodeTone(deps, one, run);
  if (files !== known) await deps.cache.keepValue(key, files);
  const before = one.before ?? files.encoded;
  return { toneId: source.toneId, frames, gainDb, before, ...files };
}

type Files3 = Pick<FinishedTone, 'listen' | 'download' | 'pcmSha256' | 'encoded'>;

const present = async ({ files }: Deps, { listen, download }: Files3): Promise<boolean> =>
  (await files.keep(listen.sha256)) && (await files.keep(download.sha256));

async function encodeTone(deps: Deps, { source, frames, gainDb }: Levelled, run: RunOptions): Promise<Files3> {
  const samples = await pcmOfTone(deps, source);
  const { pcmSha256, s16, s24 } = await deps.sound.master(samples, { frames, gainDb }, run);
  const listen = await deps.encoder.encode(s16, 'flac16', run);
  const download = await deps.encoder.encode(s24, 'flac24', run);
  const { frames: length, ...encoded } = await deps.meter.verify(await deps.encoder.decode(listen, run), run);
  if (length !== frames)
    throw new DomainError({
      kind: 'unavailable',
      code: 'encoder.failed',
      message: `${length} frames instead of ${frames}`,
    });
  return { listen, download, pcmSha256, encoded };
}
