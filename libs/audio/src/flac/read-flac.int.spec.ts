import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDomainError } from '@gts/kernel';
import { aTone } from '@gts/testing';
import { mulberry32, padFlac, paddedSize, quantise16, readFlac16 } from '../index';

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'gts-flac-'))));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** By ffmpeg, into a file: it writes length and checksum at the end. */
async function encoded(pcm: Int16Array, ...args: readonly string[]): Promise<Buffer> {
  const [program, path] = ['ffmpeg', join(dir, 'a.flac')];
  const input = ['-f', 's16le', '-ar', '48000', '-ac', '1', '-i', 'pipe:0'];
  const child = spawn(program, ['-v', 'error', '-y', ...input, '-c:a', 'flac', ...args, path], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(new Uint8Array(pcm.buffer));
  await once(child, 'close');
  return readFile(path);
}

const draw = mulberry32(11);
const noise = (frames: number, most = 1) => Float32Array.from({ length: frames }, () => most * (2 * draw() - 1));
const FRAMES = 100_000;
const sounds = {
  tone: quantise16(aTone(FRAMES)),
  noise: quantise16(noise(FRAMES)),
  'full scale': Int16Array.from({ length: FRAMES }, (_, i) => (i % 91 < 45 ? 32_767 : -32_768)),
  silence: new Int16Array(FRAMES),
  'empty lowest bits': quantise16(aTone(FRAMES)).map((v) => v & ~7),
  'a click in silence': new Int16Array(FRAMES).fill(-32_768, 5000, 5001),
  'one sample': Int16Array.of(-7),
  'less than an order': Int16Array.of(5, -6, 7),
};
const ways = [['0'], ['5'], ['8'], ['12'], ['8', '-lpc_type', 'cholesky'], ['8', '-frame_size', '192']];

test.each(Object.entries(sounds))('%s is read as it was written, whatever the encoder tried', async (_, pcm) => {
  for (const [level = '', ...more] of ways) {
    const file = await encoded(pcm, '-compression_level', level, ...more);
    const padded = padFlac(file, paddedSize([file.length]));
    expect([level, Buffer.compare(readPcm(padded, pcm.length), new Uint8Array(pcm.buffer))]).toEqual([level, 0]);
  }
});
const readPcm = (file: Uint8Array, frames: number) => new Uint8Array(readFlac16(file, frames).buffer);

const refusal = expect.objectContaining({ code: 'encoder.failed' }) as Error;
test('what is longer than it may be, of two channels or of 24 bits is refused', async () => {
  const file = await encoded(sounds.tone);
  expect(() => readFlac16(file, FRAMES - 1)).toThrow(refusal);
  expect(() => readFlac16(file.subarray(0, file.length - 9), FRAMES)).toThrow(refusal);
  for (const args of [
    ['-ac', '2'],
    ['-sample_fmt', 's32'],
  ]) {
    const other = await encoded(sounds.tone, ...args);
    expect(() => readFlac16(other, FRAMES)).toThrow(refusal);
  }
});
function readOrRefused(file: Uint8Array, frames: number): Uint8Array | undefined {
  try {
    return readPcm(file, frames);
  } catch (error) {
    if (isDomainError(error) && error.code === 'encoder.failed') return undefined;
    throw error;
  }
}
test('a file with a changed bit is refused or means the same, and never anything else', async () => {
  const pcm = quantise16(noise(2000, 0.2));
  const file = await encoded(pcm, '-compression_level', '8');
  const written = new Uint8Array(pcm.buffer);
  let refused = 0;
  for (let round = 0; round < 600; round++) {
    const bit = Math.floor(8 * file.length * draw());
    const changed = Uint8Array.from(file);
    changed[bit >> 3] = (file[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const found = readOrRefused(changed, pcm.length);
    refused += found ? 0 : 1;
    expect(Buffer.compare(found ?? written, written)).toBe(0);
  }
  expect(refused).toBeGreaterThan(100);
});
