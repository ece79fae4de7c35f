import { crc32, deflateSync } from 'node:zlib';
import { release } from '../pcm';
import { type Canvas } from './canvas';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** 8 bits a sample, true colour, deflate, adaptive filters, no interlace. */
const FORM = [8, 2, 0, 0, 0] as const;
const LEVEL = 3;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

function header({ width, height }: Canvas): Uint8Array {
  const out = new Uint8Array(13);
  const view = new DataView(out.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  out.set(FORM, 8);
  return out;
}

/**
 * The file of a picture: 8-bit RGB, filter 0, zlib level 3. The picture's own memory, 6 MB of a frame, goes with it.
 * @see W3C Portable Network Graphics, third edition
 */
export function pngOf(canvas: Canvas): Uint8Array {
  const pixels = deflateSync(canvas.bytes, { level: LEVEL });
  release(canvas.bytes);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header(canvas)),
    chunk('IDAT', pixels),
    chunk('IEND', new Uint8Array()),
  ]);
}
