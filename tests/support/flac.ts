import { constants, crc32, deflateSync } from 'node:zlib';

const MAGIC = 4;
const STREAM_INFO = 4 + 34;

const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4));
  return bytes;
};

/** The same FLAC with metadata blocks of this type behind its first block. */
export function withBlocks(flac: Buffer, type: number, contents: readonly Buffer[]): Buffer {
  const at = MAGIC + STREAM_INFO;
  const blocks = contents.flatMap((content) => {
    const head = u32(content.length);
    head[0] = type;
    return [head, content];
  });
  return Buffer.concat([flac.subarray(0, at), ...blocks, flac.subarray(at)]);
}

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), content]);
  return Buffer.concat([u32(content.length), body, u32(crc32(body))]);
};

/** A PICTURE block: a black square that takes 1/1000 of its size in the file. */
export function coverBomb(side: number): Buffer {
  const pixels = deflateSync(Buffer.alloc(side * (side * 3 + 1)), { level: constants.Z_BEST_SPEED });
  const head = Buffer.concat([u32(side, side), Buffer.from([8, 2, 0, 0, 0])]);
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  const type = Buffer.from('image/png');
  return Buffer.concat([u32(3, type.length), type, u32(0, side, side, 24, 0, png.length), png]);
}
