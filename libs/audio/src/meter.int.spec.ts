import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { aTone } from '@gts/testing';
import { applyEffect, applyGain, measure, mulberry32, quantise24, writeWav24 } from './index';

/** The independent meter: ffmpeg's ebur128, told that the file is dual mono. */
async function ffmpegMeter(wav: Uint8Array): Promise<{ integrated: number; truePeak: number }> {
  const filter = 'ebur128=peak=true:dualmono=true';
  const args = ['-hide_banner', '-f', 'wav', '-i', 'pipe:0', '-af', filter, '-f', 'null', '-'];
  const program = 'ffmpeg';
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.end(wav);
  const report = await text(child.stderr);
  const last = (pattern: RegExp) => Number([...report.matchAll(pattern)].at(-1)?.[1]);
  return { integrated: last(/I:\s+(-?[\d.]+) LUFS/g), truePeak: last(/Peak:\s+(-?[\d.]+) dBFS/g) };
}

const draw = mulberry32(17);
const noise = Float32Array.from({ length: 480_000 }, () => 0.4 * draw() - 0.2);
const tone = aTone(48_000, 196);
const plucked = Float32Array.from({ length: 480_000 }, (_, i) => tone[i % tone.length] ?? 0);

test.each([
  ['noise', noise],
  ['dark noise', applyEffect(noise, { effect: 'low_pass', params: { frequencyHz: 1000 } })],
  ['plucks', plucked],
  ['quiet plucks', applyGain(plucked, -30)],
  ['overdriven plucks', plucked.map((v) => 0.9 * Math.tanh(20 * v))],
] as const)('%s: loudness within 0.1 LU and true peak within 0.2 dB of ffmpeg', async (_, x) => {
  const other = await ffmpegMeter(writeWav24(quantise24(x)));
  const own = measure(x);
  expect(Math.abs(own.integrated - other.integrated)).toBeLessThanOrEqual(0.1);
  expect(Math.abs(own.truePeak - other.truePeak)).toBeLessThanOrEqual(0.2);
});
