import { TENTH } from '../units';
import { type Piece } from './montage';

/** Where a tone begins in the montage; milliseconds are exact, because pieces begin at whole tenths of a second. */
export type Chapter = Readonly<{ label: string; startMs: number; endMs: number }>;

const msOf = (frames: number): number => (frames * 100) / TENTH;

/** One chapter per piece, in order. */
export const chaptersOf = (pieces: readonly Piece[], labels: readonly string[]): readonly Chapter[] =>
  pieces.map(({ tone, start, frames }) => ({
    label: labels[tone],
    startMs: msOf(start),
    endMs: msOf(start + frames),
  }));

// A carriage return ends a line for some readers and cannot be escaped for them.
const escaped = (label: string): string => label.replaceAll('\r', ' ').replaceAll(/[=;#\\\n]/g, '\\$&');

/**
 * Chapters as ffmpeg reads them.
 * @see FFmpeg Formats Documentation, Metadata
 */
export const chapterMetadata = (chapters: readonly Chapter[]): string =>
  [
    ';FFMETADATA1',
    ...chapters.flatMap(({ label, startMs, endMs }) => [
      '[CHAPTER]',
      'TIMEBASE=1/1000',
      `START=${startMs}`,
      `END=${endMs}`,
      `title=${escaped(label)}`,
    ]),
    '',
  ].join('\n');

const two = (value: number): string => String(value).padStart(2, '0');
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** Lines to copy into a description, `0:30 Plexi`: whole seconds, as video sites read them, rounded to the nearest. */
export const chapterText = (chapters: readonly Chapter[]): string =>
  chapters.map(({ label, startMs }) => `${clock(startMs)} ${label.replaceAll(/\s+/g, ' ')}\n`).join('');
