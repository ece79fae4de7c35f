import { fadeIn, fadeOut } from '../fade';
import { TENTH } from '../units';

/** 10 min of 48 kHz. */
const LONGEST = 600 * 10 * TENTH;
/** The least window of a montage, 3 s: what is left behind the last window joins it when it is shorter. */
const SHORTEST = 30 * TENTH;
const FRAMES_PER_MS = TENTH / 100;

/** A stretch of one tone within the montage: `tone` is its index in the set, `from` its first frame there. */
export type Piece = Readonly<{ tone: number; from: number; start: number; frames: number }>;

/** Windows of the set; the last is at least as long as the shortest window allowed. */
function windowsOf(length: number, size: number): readonly (readonly [from: number, frames: number])[] {
  const count = Math.max(1, Math.floor(length / size) + (length % size >= SHORTEST ? 1 : 0));
  return Array.from({ length: count }, (_, i) => [i * size, i === count - 1 ? length - i * size : size] as const);
}

/** Length of all tones together with one window each, cut to what 10 min can hold. */
const mostFrames = (tones: number): number => Math.floor(LONGEST / tones / TENTH) * TENTH;

/**
 * Stage 11: which stretch of which tone plays when. With a window each stretch of the music is heard through all tones
 * in turn (A1 B1 C1 A2 B2 …), without one each tone plays whole. Rounds beyond 10 min are left out.
 * @param tones how many there are
 * @param length frames of each, a multiple of 4800
 * @param windowMs 3000 to 10 000 in steps of 100, or null
 * @returns pieces that join without gap; starts and lengths are multiples of 4800, whole frames of a 10 fps video
 */
export function planMontage(tones: number, length: number, windowMs: number | null): readonly Piece[] {
  const most = mostFrames(tones);
  const size = Math.min(windowMs === null ? length : windowMs * FRAMES_PER_MS, length, most);
  const pieces: Piece[] = [];
  let start = 0;
  for (const [from, whole] of windowsOf(length, size)) {
    const frames = Math.min(whole, most);
    if (start + frames * tones > LONGEST) break;
    for (let tone = 0; tone < tones; tone++, start += frames) pieces.push({ tone, from, start, frames });
  }
  return pieces;
}

/** The sound of one piece, 10 ms faded at its cuts; the montage itself begins and ends as its tones do. */
export function pieceOf(x: Float32Array, { from, frames, start }: Piece, isLast: boolean): Float32Array {
  const out = x.slice(from, from + frames);
  if (start > 0) fadeIn(out);
  if (!isLast) fadeOut(out);
  return out;
}

/** A whole montage in memory. */
export type Montage = Readonly<{ samples: Float32Array; pieces: readonly Piece[] }>;

/**
 * Joins the levelled tones of a set (mono 48 kHz, equal lengths, multiples of 4800) as {@link planMontage} says.
 * Ten minutes take 115 MB: whoever can, writes piece by piece with {@link pieceOf} instead.
 */
export function montage(tones: readonly Float32Array[], { windowMs }: Readonly<{ windowMs: number | null }>): Montage {
  const pieces = planMontage(tones.length, tones[0].length, windowMs);
  const { start, frames } = pieces[pieces.length - 1];
  const samples = new Float32Array(start + frames);
  pieces.forEach((piece, i) => samples.set(pieceOf(tones[piece.tone], piece, i === pieces.length - 1), piece.start));
  return { samples, pieces };
}
