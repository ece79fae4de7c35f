import { audioRefusal } from '../refusals';

const MAGIC = [0x66, 0x4c, 0x61, 0x43];
const STREAMINFO = 0;
const STREAMINFO_BYTES = 34;
const PADDING = 1;
const LAST = 0x80;
const HEADER = 4;
/** Most bytes of one metadata block: its length has 24 bits. */
const MOST_IN_BLOCK = 0xff_ff_ff;
const GRID = 4096;
const LEAST_PADDING = 64;

/** What cannot be a file of ours. */
export const broken = (detail: string) => audioRefusal('encoder.failed', `the encoder's FLAC file ${detail}`);

type Block = Readonly<{ type: number; last: boolean; start: number; end: number }>;

function blockAt(bytes: Uint8Array, at: number): Block {
  if (at + HEADER > bytes.length) throw broken('ends within its metadata');
  const length = bytes[at + 1] * 0x1_00_00 + bytes[at + 2] * 0x1_00 + bytes[at + 3];
  const end = at + HEADER + length;
  if (end > bytes.length) throw broken('ends within its metadata');
  return { type: bytes[at] & ~LAST, last: bytes[at] >= LAST, start: at + HEADER, end };
}

type Parts = Readonly<{ streamInfo: Uint8Array; frames: Uint8Array }>;

/** STREAMINFO and all frames of a file. @throws `encoder.failed` */
export function flacParts(bytes: Uint8Array): Parts {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw broken('does not begin with fLaC');
  const first = blockAt(bytes, MAGIC.length);
  if (first.type !== STREAMINFO || first.end - first.start !== STREAMINFO_BYTES) throw broken('has no STREAMINFO');
  let block = first;
  while (!block.last) block = blockAt(bytes, block.end);
  return { streamInfo: bytes.subarray(first.start, first.end), frames: bytes.subarray(block.end) };
}

/** Lengths of the padding blocks that fill `bytes` with their headers: as few as possible, each at least a header. */
function paddingLengths(bytes: number): number[] {
  if (bytes === 0) return [];
  if (bytes < HEADER) throw broken(`is ${bytes} bytes too long for its padding`);
  const count = Math.ceil(bytes / (HEADER + MOST_IN_BLOCK));
  const lengths: number[] = [];
  for (let left = bytes, after = count - 1; after >= 0; after--) {
    const length = Math.min(left - HEADER - after * HEADER, MOST_IN_BLOCK);
    lengths.push(length);
    left -= HEADER + length;
  }
  return lengths;
}

/** Bytes that every file of a set gets: S of audio.md §1.9, from the sizes that the encoder made. */
export const paddedSize = (sizes: readonly number[]): number =>
  GRID * Math.ceil((Math.max(...sizes) + LEAST_PADDING) / GRID);

/**
 * Stage 9: the same audio in exactly `size` bytes, so that the size of a file does not tell which tone it is.
 * Keeps STREAMINFO and the frames, drops all other metadata, fills up with padding blocks behind STREAMINFO.
 * @param bytes a whole FLAC file
 * @param size from {@link paddedSize}
 * @throws `encoder.failed` when it is no FLAC file or does not fit
 * @see RFC 9639 §8
 */
export function padFlac(bytes: Uint8Array, size: number): Uint8Array {
  const { streamInfo, frames } = flacParts(bytes);
  const room = size - MAGIC.length - HEADER - STREAMINFO_BYTES - frames.length;
  if (room < 0) throw broken(`does not fit into ${size} bytes`);
  const lengths = paddingLengths(room);
  const out = new Uint8Array(size);
  let at = 0;
  const put = (part: ArrayLike<number>): void => {
    out.set(part, at);
    at += part.length;
  };
  put(MAGIC);
  put([lengths.length === 0 ? LAST : 0, 0, 0, STREAMINFO_BYTES]);
  put(streamInfo);
  lengths.forEach((length, i) => {
    const last = i === lengths.length - 1 ? LAST : 0;
    put([PADDING | last, length >> 16, (length >> 8) & 0xff, length & 0xff]);
    at += length;
  });
  put(frames);
  return out;
}
