import { createReadStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chapterMetadata, type Chapter, release, SAMPLE_RATE, sha256 } from '@gts/audio';
import type { ArtefactStore } from '@gts/artefacts';
import type { MontageAssembler, MontageFile, RunOptions } from '../application/ports';
import type { FileRef } from '../domain/file-ref';
import { BITEXACT, COMMON, FLAC, type Ffmpeg, run } from './ffmpeg';
import { inFolder, writeAt } from './temp-folder';

type Deps = Readonly<{ ffmpeg: Ffmpeg; artefacts: ArtefactStore; tmp: string }>;
type Place = Omit<Deps, 'tmp'> & Readonly<{ folder: string }>;

const SOUND = 'montage.s16';
const [LOSSLESS, TRACK] = ['montage.flac', 'track.m4a'];
const [LIST, FILM, CHAPTERS, VIDEO] = ['list.txt', 'film.mp4', 'chapters.txt', 'video.mp4'];
const BYTES_PER_FRAME = 2;
const FPS = 10;
const [FULL_WIDTH, FULL_HEIGHT, PLAYHEAD] = [1920, 1080, 4];
/** Pixels that the playhead may move from one picture to the next. */
const STEP = 4 * PLAYHEAD;
const MOVIE_TIMEOUT_MS = 30_000;
const pictureOf = (piece: number): string => `piece${piece}.png`;
const LOCAL = ['-protocol_whitelist', 'pipe,file'];
const PCM = [...LOCAL, '-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', SOUND];

/** Montage as FLAC, and as a video of still pictures with a moving playhead; everything in a folder of its own. */
export const ffmpegAssembler = ({ tmp, ...deps }: Deps): MontageAssembler => ({
  id: `ffmpeg:${deps.ffmpeg.version}:${sha256(JSON.stringify([flacArgs(), trackArgs(), filmArgs(1, [0]), videoArgs()])).slice(0, 12)}`,
  using: (work) => inFolder(tmp, (folder) => work(montageFile({ ...deps, folder }))),
});

const montageFile = (place: Place): MontageFile => ({
  write: (parts) => writeParts(join(place.folder, SOUND), parts),
  flac: (options) => flac(place, options),
  track: (options) => track(place, options),
  show: (piece, png) => writeFile(join(place.folder, pictureOf(piece)), png),
  film: (chapters, options) => film(place, chapters, options),
  video: (chapters, options) => video(place, chapters, options),
});

async function writeParts(path: string, parts: Parameters<MontageFile['write']>[0]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const { start, s16 } of parts) {
      await writeAt(file, s16, start * BYTES_PER_FRAME);
      release(s16);
    }
  } finally {
    await file.close();
  }
}

const flacArgs = (): readonly string[] => [...COMMON, ...PCM.slice(LOCAL.length), ...BITEXACT, ...FLAC, '-f', 'flac'];

async function flac({ ffmpeg, artefacts, folder }: Place, { signal }: RunOptions): Promise<FileRef> {
  const path = join(folder, LOSSLESS);
  await run({ program: ffmpeg.ffmpeg, args: [...flacArgs(), path], cwd: folder, signal, mostBytes: 0 });
  return { ...(await artefacts.put(createReadStream(path))), mediaType: 'audio/flac' };
}

/**
 * Tenths of a second that are shown: so many that the playhead moves by little, and the first of each piece. The encoder
 * works for every picture, whether or not anything moved; one a second at least, so that players follow.
 */
function shownTenths(seconds: number, pieces: readonly number[]): string {
  const tenths = Math.round(FPS * seconds);
  const every = Math.max(1, Math.min(FPS, Math.floor((STEP * tenths) / FULL_WIDTH)));
  const also = [...pieces.map((start) => Math.round(FPS * start)), tenths - 1].map((n) => `eq(n,${n})`);
  return `lt(n,${tenths})*(not(mod(n,${every}))+${also.join('+')})`;
}

// Pictures become yuv once each, before they are repeated: afterwards it would be done for every frame.
const filters = (seconds: number, pieces: readonly number[]): string =>
  `[0:v]format=yuv420p,fps=${FPS},select='${shownTenths(seconds, pieces)}'[b];` +
  `[b][1:v]overlay=x='(W-${PLAYHEAD})*t/${seconds}':y=0:format=yuv420,format=yuv420p[v]`;

/**
 * The quickest of what differs little: a third of the time of `veryfast -crf 20`. A constant quantiser spares the look
 * ahead at every picture; each piece begins with a key frame, so that a player finds it at once.
 */
const PICTURE = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'stillimage', '-qp', '22', '-threads', '2'];
/** A sixth of the time of the slow search, which 192 kb/s for one channel do not need. */
const AAC = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '192k'];
const MP4 = ['-fflags', '+bitexact', '-f', 'mp4'];

const trackArgs = (): readonly string[] => [...COMMON, ...PCM.slice(LOCAL.length), ...AAC, ...MP4, TRACK];

/** The picture stands still but for the playhead. */
function filmArgs(seconds: number, pieces: readonly number[]): readonly string[] {
  const playhead = `color=c=white:s=${PLAYHEAD}x${FULL_HEIGHT}:r=1:d=${seconds}`;
  return [
    ['-nostdin', '-hide_banner', '-v', 'error', '-nostats', '-progress', 'pipe:1', '-threads', '2'],
    [...LOCAL, '-f', 'concat', '-safe', '0', '-i', LIST],
    ['-f', 'lavfi', '-i', playhead],
    ['-filter_complex_threads', '1', '-filter_complex', filters(seconds, pieces)],
    ['-map', '[v]', '-fps_mode', 'passthrough', '-t', String(seconds)],
    [...PICTURE, '-force_key_frames', pieces.join(','), ...MP4, FILM],
  ].flat();
}

const videoArgs = (): readonly string[] =>
  [
    COMMON,
    ['-f', 'mp4', '-i', FILM, ...LOCAL, '-f', 'mp4', '-i', TRACK],
    [...LOCAL, '-f', 'ffmetadata', '-i', CHAPTERS],
    ['-map', '0:v', '-map', '1:a', '-c', 'copy', '-map_metadata', '2', '-map_chapters', '2'],
    ['-movflags', '+faststart', ...MP4, VIDEO],
  ].flat();

async function track({ ffmpeg, folder }: Place, { signal }: RunOptions): Promise<void> {
  await run({ program: ffmpeg.ffmpeg, args: trackArgs(), cwd: folder, signal, mostBytes: 0 });
}

async function film({ ffmpeg, folder }: Place, chapters: readonly Chapter[], options: RunOptions): Promise<void> {
  const seconds = (chapters.at(-1)?.endMs ?? 0) / 1000;
  await writeFile(join(folder, LIST), playlist(chapters));
  const starts = chapters.map(({ startMs }) => startMs / 1000);
  await run({
    program: ffmpeg.ffmpeg,
    args: filmArgs(seconds, starts),
    cwd: folder,
    signal: options.signal,
    mostBytes: 0,
    timeoutMs: MOVIE_TIMEOUT_MS + 3000 * seconds,
    onOutput: (text) => options.onProgress?.(shareOf(text, seconds)),
  });
}

async function video(
  { ffmpeg, artefacts, folder }: Place,
  chapters: readonly Chapter[],
  { signal }: RunOptions,
): Promise<FileRef> {
  await writeFile(join(folder, CHAPTERS), chapterMetadata(chapters));
  await run({ program: ffmpeg.ffmpeg, args: videoArgs(), cwd: folder, signal, mostBytes: 0 });
  return { ...(await artefacts.put(createReadStream(join(folder, VIDEO)))), mediaType: 'video/mp4' };
}

/** The last file stands twice: the demuxer ignores the duration of the last one. */
function playlist(chapters: readonly Chapter[]): string {
  const files = chapters.flatMap(({ startMs, endMs }, i) => [
    `file ${pictureOf(i)}`,
    `duration ${(endMs - startMs) / 1000}`,
  ]);
  return ['ffconcat version 1.0', ...files, `file ${pictureOf(chapters.length - 1)}`, ''].join('\n');
}

/** How far ffmpeg is, 0..1, by its last word. */
function shareOf(text: string, seconds: number): number {
  const us = Number([...text.matchAll(/out_time_us=(\d+)/g)].at(-1)?.[1] ?? 0);
  return Math.min(1, us / 1e6 / seconds);
}
