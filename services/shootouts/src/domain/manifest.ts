import type { Id } from '@gts/kernel';
import { refuse } from './errors';
import type { FileRef } from './file-ref';
import { type DITrack, durationMsOf } from './di-track';
import type { Selection, Shootout, ShootoutId } from './shootout';

/** How far a tone may lie from the common loudness. */
const LEVEL_TOLERANCE_LU = 0.1;

export type MediaFile = FileRef & Readonly<{ mediaKey: string }>;
type Output = Readonly<{
  media: Readonly<{
    listen: FileRef;
    download: FileRef;
    data?: FileRef | undefined;
    opus?: FileRef | undefined;
  }>;
  frames: number;
  integratedLufs: number;
  truePeakDbtp: number;
  gainDb: number;
  pcmSha256: string;
  text?: string | undefined;
  engine?: string | undefined;
  tanh?: string | undefined;
}>;
export type Provenance = Readonly<{
  role: string;
  displayName: string;
  gearType: string;
  format: string;
  licence: string;
  attribution?: string | undefined;
  sha256: string;
}>;
type GearProvenance = Provenance & Readonly<{ gearModelId: Id<'GearModel'> }>;
export type FinalTone = Readonly<{
  toneId: Id<'ToneSelection'>;
  chain: Readonly<{ name: string; blocks: readonly unknown[] }>;
  provenance: readonly GearProvenance[];
  output: Output;
}>;
type Levelling = Readonly<{ targetLufs: number; limitedBy?: string | undefined }>;

/** All that a run found out. */
export type Results = Readonly<{
  tones: readonly FinalTone[];
  levelling: Levelling;
  warnings: readonly unknown[];
  engine: unknown;
  inputs: readonly unknown[];
}>;

/** One opaque address and what it serves. */
export type Medium = Readonly<{ mediaKey: string; ref: FileRef; filename: string }>;

/** @throws SHOOTOUT.OUTPUT_MISSING, SHOOTOUT.LEVEL_MISMATCH */
function pair(selections: readonly Selection[], { tones, levelling }: Results) {
  const byId = new Map(tones.map((each) => [each.toneId, each]));
  const [first] = tones;
  return [...selections]
    .sort((a, b) => a.position - b.position)
    .map((selection) => {
      const tone = byId.get(selection.id);
      if (!tone) throw refuse.OUTPUT_MISSING(selection.label);
      const { integratedLufs, frames } = tone.output;
      // The sum of two rounded figures may exceed the tolerance by a rounding error of the binary form.
      const off = Math.abs(integratedLufs - levelling.targetLufs) > LEVEL_TOLERANCE_LU + 1e-9;
      if (off || frames !== first?.output.frames) throw refuse.LEVEL_MISMATCH(selection.label);
      return { selection, tone };
    });
}

const plain = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
/** A name that is safe in a header and on every disk. */
export const fileName = (title: string, label: string, extension: string): string =>
  `${[plain(title), plain(label)].filter((part) => part !== '').join('_') || 'shootout'}.${extension}`;

export type Naming = Readonly<{ title: string; newKey: () => string; media: Medium[] }>;

function publish({ title, newKey, media }: Naming, ref: FileRef, [label, extension]: [string, string]): MediaFile {
  const mediaKey = newKey();
  media.push({ mediaKey, ref, filename: fileName(title, label, extension) });
  return { mediaKey, sha256: ref.sha256, bytes: ref.bytes, mediaType: ref.mediaType };
}

const endings = { montage: 'flac', video: 'mp4', picture: 'png' } as const;
type Enriched = Readonly<{ ref: FileRef; chaptersFile?: FileRef | undefined }>;

/** Addresses for what was made beside a manifest. */
export const enrichmentMedia = (naming: Naming, kind: keyof typeof endings, { ref, chaptersFile }: Enriched) => ({
  media: publish(naming, ref, [kind, endings[kind]]),
  ...(chaptersFile && { chaptersFile: publish(naming, chaptersFile, ['chapters', 'txt']) }),
});

const told = (source: GearProvenance): Provenance => {
  const { gearModelId: _, ...each } = source;
  return each;
};

function toneOf({ selection, tone }: ReturnType<typeof pair>[number], naming: Naming) {
  const { label, position, id: toneId } = selection;
  const { media, frames, integratedLufs, truePeakDbtp, gainDb, pcmSha256 } = tone.output;
  const { text, engine, tanh } = tone.output;
  return {
    toneId,
    position,
    label,
    chain: tone.chain,
    provenance: tone.provenance.map(told),
    media: {
      listen: publish(naming, media.listen, [label, 'flac']),
      download: publish(naming, media.download, [`${label}-24bit`, 'flac']),
      ...(media.data && { data: publish(naming, media.data, [`${label}-tone`, 'json']) }),
      ...(media.opus && { opus: publish(naming, media.opus, [label, 'opus']) }),
    },
    frames,
    integratedLufs,
    truePeakDbtp,
    gainDb,
    pcmSha256,
    ...(text !== undefined && { text }),
    ...(engine !== undefined && { engine }),
    ...(tanh !== undefined && { tanh }),
  };
}

function diOf(track: DITrack, naming: Naming) {
  const { name, guitar, pickup, tuning, inspection, allowDownload } = track;
  if (!inspection) throw refuse.OUTPUT_MISSING(name);
  const { audio, frames, waveform, playback } = inspection;
  return {
    name,
    ...(guitar && { guitar }),
    ...(pickup && { pickup }),
    ...(tuning && { tuning }),
    durationMs: durationMsOf(frames),
    frames,
    sha256: audio.sha256,
    waveform: publish(naming, waveform, [`${name}-waveform`, 'json']),
    ...(allowDownload && { download: publish(naming, playback, [name, 'flac']) }),
  };
}

export type Sources = Readonly<{
  shootoutId: ShootoutId;
  shootout: Shootout;
  track: DITrack;
  results: Results;
  /** A fresh opaque key of at least 128 random bits. */
  newKey: () => string;
}>;

/** The immutable record of a run, and the addresses of its files. */
export function buildManifest({ shootoutId, shootout, track, results, newKey }: Sources) {
  const pairs = pair(shootout.selections, results);
  const naming: Naming = { title: shootout.title, newKey, media: [] };
  const { title, description, excerpt, inputGainDb, renderVersion } = shootout;
  const manifest = {
    schemaVersion: 1 as const,
    shootoutId,
    manifestVersion: renderVersion,
    title,
    ...(description !== undefined && { description }),
    ...(excerpt && { excerpt }),
    inputGainDb,
    di: diOf(track, naming),
    tones: pairs.map((each) => toneOf(each, naming)),
    levelling: results.levelling,
    warnings: results.warnings,
    engine: results.engine,
    inputs: results.inputs,
  };
  return { manifest, media: naming.media };
}
export type Manifest = ReturnType<typeof buildManifest>['manifest'];

/** Models whose licence is on the list of those that forbid publishing; each once. */
export const blockedModels = (tones: readonly FinalTone[], blocked: ReadonlySet<string>): Id<'GearModel'>[] => [
  ...new Set(
    tones.flatMap(({ provenance }) =>
      provenance.filter(({ licence }) => blocked.has(licence)).map(({ gearModelId }) => gearModelId),
    ),
  ),
];
