import { padFlac, release, stageKey, type ToneAnalysis } from '@gts/audio';
import { DomainError, hasCode } from '@gts/kernel';
import type { FileRef, Sound } from '../domain/render-job';
import type { Encoder, Files, LoudnessMeter, Measures, RenderCache, RunOptions, SoundProcessor } from './ports';

export type ToneFileDeps = Readonly<{
  cache: RenderCache;
  files: Files;
  meter: LoudnessMeter;
  sound: SoundProcessor;
  encoder: Encoder;
  /** Whether every tone also gets an Opus file for those who save data. */
  dataSaver: boolean;
}>;

/** One tone of a set whose common length and loudness are known. */
export type Levelled = Readonly<{
  toneId: string;
  sound: Sound;
  frames: number;
  gainDb: number;
  diOnsetMs: number | null;
  before: Measures;
}>;

/** What is kept of a tone: all that does not depend on how its set is described. */
type Kept = Readonly<{
  /** Bytes of the listening file before it was padded. */
  size: number;
  listen: FileRef;
  download: FileRef;
  opus?: FileRef | undefined;
  pcmSha256: string;
  encoded: Measures;
  analysis: ToneAnalysis;
}>;
type Fresh = Omit<Kept, 'listen' | 'encoded'> & Readonly<{ flac: Uint8Array }>;
/** Encoded, of its own size yet. */
export type EncodedTone = Levelled & Readonly<{ key: string; found: Kept | Fresh }>;
/** Padded to the common size, decoded and measured again. */
export type SealedTone = Levelled & Omit<Kept, 'size'>;

const FLAC = 'audio/flac';
const OPUS = 'audio/ogg';

export async function pcmOfTone({ cache }: Pick<ToneFileDeps, 'cache'>, sound: Sound): Promise<Float32Array> {
  const samples = await cache.read(sound);
  if (samples) return samples;
  // What an earlier item stored is gone: a new run computes it again, this one cannot.
  throw new DomainError({ kind: 'unavailable', code: 'store.unavailable', message: 'a stored stage result is gone' });
}

/** Stages 8 and 9 of one tone; equal inputs give what an earlier run stored, unless it is gone or damaged. */
export async function encodeTone(deps: ToneFileDeps, tone: Levelled, run: RunOptions): Promise<EncodedTone> {
  const { frames, gainDb, diOnsetMs } = tone;
  const engine = `${deps.sound.id}+${deps.encoder.id}`;
  const params = { frames, gainDb, diOnsetMs, dataSaver: deps.dataSaver };
  const key = stageKey({ stage: 'listen', engine, inputs: [tone.sound.sha256], params });
  const found = await deps.cache.once(key, run, async () => {
    const known = (await deps.cache.findValue(key)) as Kept | undefined;
    if (known && (await areIntact(deps, known))) return known;
    if (known) await deps.cache.forget(key);
    return encode(deps, tone, run);
  });
  return { ...tone, key, found };
}

async function areIntact({ files }: ToneFileDeps, { listen, download, opus }: Kept): Promise<boolean> {
  for (const file of [listen, download, ...(opus ? [opus] : [])]) if (!(await isIntact(files, file))) return false;
  return true;
}

/** Held from now on, and read whole: nobody publishes what a disk has damaged. */
export const isIntact = async (files: Files, { sha256 }: FileRef): Promise<boolean> =>
  (await files.keep(sha256)) && (await readIntact(files, sha256)) !== null;

/** Damaged is as good as absent: null. */
const readIntact = (files: Files, sha256: string): Promise<Uint8Array | null> =>
  files.read(sha256).catch((error: unknown) => {
    if (hasCode(error, 'input.corrupt')) return null;
    throw error;
  });

async function encode(deps: ToneFileDeps, { sound, frames, gainDb, diOnsetMs }: Levelled, run: RunOptions) {
  const samples = await pcmOfTone(deps, sound);
  const { pcmSha256, s16, s24, analysis } = await deps.sound.master(samples, { frames, gainDb, diOnsetMs }, run);
  const saver = deps.dataSaver ? [{ pcm: s16, format: 'opus' as const }] : [];
  const sounds = [{ pcm: s16, format: 'flac16' as const }, { pcm: s24, format: 'flac24' as const }, ...saver];
  const [flac, flac24, small] = (await deps.encoder.encode(sounds, run)) as [Uint8Array, Uint8Array, Uint8Array?];
  release(s16, s24);
  const download = await put(deps, flac24, FLAC);
  const opus = small && (await put(deps, small, OPUS));
  return { size: flac.length, flac, download, opus, pcmSha256, analysis };
}

/** Stores what nobody reads here again. */
async function put({ files }: ToneFileDeps, bytes: Uint8Array, mediaType: string): Promise<FileRef> {
  const file = await files.put(bytes, mediaType);
  release(bytes);
  return file;
}

/** Makes the listening file as large as every other of its set, and proves that it is what it should be. */
export async function sealTone(
  deps: ToneFileDeps,
  { key, found, ...tone }: EncodedTone & Readonly<{ size: number }>,
  run: RunOptions,
): Promise<SealedTone> {
  const { size } = tone;
  if ('listen' in found && found.listen.bytes === size) return { ...tone, ...found };
  const padded = padFlac('flac' in found ? found.flac : await bytesOf(deps, found.listen), size);
  const encoded = await verified(deps, { padded, frames: tone.frames }, run);
  const listen = await put(deps, padded, FLAC);
  const { download, opus, pcmSha256, analysis } = found;
  const kept: Kept = { size: found.size, listen, download, opus, pcmSha256, encoded, analysis };
  await deps.cache.keepValue(key, kept);
  return { ...tone, ...kept };
}

async function bytesOf({ files }: ToneFileDeps, { sha256 }: FileRef): Promise<Uint8Array> {
  const bytes = await readIntact(files, sha256);
  if (bytes) return bytes;
  // It was there a moment ago: the next attempt encodes it anew.
  throw new DomainError({ kind: 'unavailable', code: 'store.unavailable', message: 'a stored file is gone' });
}

type Padded = Readonly<{ padded: Uint8Array; frames: number }>;

/** Stage 10 of one file. */
async function verified(deps: ToneFileDeps, { padded, frames }: Padded, run: RunOptions): Promise<Measures> {
  const { frames: length, ...measures } = await deps.meter.verify(padded, frames, run);
  if (length === frames) return measures;
  const message = `${length} frames instead of ${frames}`;
  throw new DomainError({ kind: 'unavailable', code: 'encoder.failed', message });
}
