import fc from 'fast-check';
import { padFlac, paddedSize } from '../index';

type Part = Readonly<{ type: number; bytes: Uint8Array }>;

/** A file of the format's outer shape; what its frames hold does not matter here. */
function flac(metadata: readonly Part[], frames: Uint8Array): Uint8Array {
  const blocks = metadata.flatMap(({ type, bytes }, i) => [
    Uint8Array.of((i === metadata.length - 1 ? 0x80 : 0) | type, 0, bytes.length >> 8, bytes.length & 0xff),
    bytes,
  ]);
  return Buffer.concat([Buffer.from('fLaC'), ...blocks, frames]);
}

/** The blocks of a file, read by a second reader. */
function blocksOf(bytes: Uint8Array): Readonly<{ types: number[]; lengths: number[]; frames: Uint8Array }> {
  const view = Buffer.from(bytes);
  const [types, lengths]: [number[], number[]] = [[], []];
  let at = 4;
  for (let last = false; !last;) {
    const head = view.readUInt32BE(at);
    last = head >= 0x8000_0000;
    types.push((head >>> 24) & 0x7f);
    lengths.push(head & 0xff_ffff);
    at += 4 + (head & 0xff_ffff);
  }
  return { types, lengths, frames: view.subarray(at) };
}

const info: Part = { type: 0, bytes: Uint8Array.from({ length: 34 }, (_, i) => i) };
const comment: Part = { type: 4, bytes: Buffer.from('encoder=somebody') };
const frames = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const refusal = expect.objectContaining({ code: 'encoder.failed' }) as Error;

describe('equal bytes', () => {
  test('the common size is the next 4096 above the largest with 64 to spare', () => {
    expect([paddedSize([1]), paddedSize([4032, 7]), paddedSize([4033]), paddedSize([4096, 9000])]).toEqual([
      4096, 4096, 8192, 12_288,
    ]);
  });
  test('STREAMINFO and frames are kept, other metadata is dropped, padding fills up', () => {
    const padded = padFlac(flac([info, comment], frames), 4096);
    const read = blocksOf(padded);
    expect([padded.length, read.types, read.lengths]).toEqual([4096, [0, 1], [34, 4096 - 4 - 38 - 4 - 1000]]);
    expect(Buffer.compare(read.frames, frames)).toBe(0);
    expect(Buffer.compare(padded.subarray(8, 42), info.bytes)).toBe(0);
  });
  test('padding twice is padding once', () => {
    const once = padFlac(flac([info], frames), 8192);
    expect(Buffer.compare(padFlac(once, 8192), once)).toBe(0);
    expect(Buffer.compare(padFlac(once, 4096), padFlac(flac([info], frames), 4096))).toBe(0);
  });
  test.each([
    ['none', 0, []],
    ['an empty block', 4, [0]],
    ['the longest single block', 16_777_219, [16_777_215]],
    ['one byte more', 16_777_220, [16_777_212, 0]],
    ['two full blocks', 2 * 16_777_219, [16_777_215, 16_777_215]],
    ['40 MB', 40_000_000, [16_777_215, 16_777_215, 40_000_000 - 2 * 16_777_215 - 12]],
  ] as const)('room for %s', (_, room, expected) => {
    const size = 4 + 38 + frames.length + room;
    const { lengths } = blocksOf(padFlac(flac([info, comment], frames), size));
    expect(lengths.slice(1)).toEqual(expected);
  });
  test('any set becomes equal and loses no frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { minLength: 1, maxLength: 5 }), (parts) => {
        const files = parts.map((part) => flac([info, comment], part));
        const size = paddedSize(files.map((file) => file.length));
        files.forEach((file, i) => {
          const padded = padFlac(file, size);
          expect(padded.length).toBe(size);
          expect(Buffer.compare(blocksOf(padded).frames, parts[i] ?? new Uint8Array())).toBe(0);
        });
      }),
    );
  });
  test.each([
    ['no FLAC', Buffer.from('RIFF0000')],
    ['nothing', new Uint8Array()],
    ['no STREAMINFO', flac([comment], frames)],
    ['metadata cut short', flac([info, comment], frames).subarray(0, 50)],
    ['no last block', Buffer.concat([Buffer.from('fLaC'), Uint8Array.of(0, 0, 0, 34), info.bytes])],
  ])('%s is refused', (_, bytes) => {
    expect(() => padFlac(bytes, 65_536)).toThrow(refusal);
  });
  test('a file that does not fit, or leaves less than a header, is refused', () => {
    for (const missing of [1, -1, -2, -3])
      expect(() => padFlac(flac([info], frames), 4 + 38 + frames.length - missing)).toThrow(refusal);
  });
});
