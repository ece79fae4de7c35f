import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { aTone } from '@gts/testing';
import { mulberry32, padFlac, paddedSize, quantise16, sha256 } from '../index';

async function ffmpeg(args: readonly string[], input: Uint8Array): Promise<Buffer> {
  const program = 'ffmpeg';
  const child = spawn(program, ['-v', 'error', '-hide_banner', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  return buffer(child.stdout);
}
const raw = ['-f', 's16le', '-ar', '48000', '-ac', '1'];
const encode = (pcm: Int16Array) =>
  ffmpeg([...raw, '-i', 'pipe:0', '-c:a', 'flac', '-f', 'flac', 'pipe:1'], new Uint8Array(pcm.buffer));
const decode = (flac: Uint8Array) => ffmpeg(['-f', 'flac', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'], flac);

test('ffmpeg decodes padded files to the same PCM, all of one size', async () => {
  const draw = mulberry32(5);
  const set = [aTone(96_000), new Float32Array(96_000), Float32Array.from({ length: 96_000 }, () => draw() - 0.5)];
  const pcm = set.map(quantise16);
  const files = await Promise.all(pcm.map(encode));
  const size = paddedSize(files.map((file) => file.length));
  const padded = files.map((file) => padFlac(file, size));
  expect(padded.map((file) => file.length)).toEqual([size, size, size]);
  const decoded = await Promise.all(padded.map(decode));
  expect(decoded.map(sha256)).toEqual(pcm.map((each) => sha256(new Uint8Array(each.buffer))));
});

test('more than 16 MiB of padding is several blocks that ffmpeg skips', async () => {
  const pcm = quantise16(aTone(4800));
  const padded = padFlac(await encode(pcm), 40_000_000);
  expect(sha256(await decode(padded))).toBe(sha256(new Uint8Array(pcm.buffer)));
});
