import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { aTone as plucked } from '@gts/testing';
import {
  analyseTone,
  montageTimeline,
  mulberry32,
  piecePicture,
  type PictureSet,
  planMontage,
  sha256,
  sharePicture,
  toneSpectrogram,
} from '../index';
import { createCanvas } from './canvas';
import { dark, light } from './palette';
import { pngOf } from './png';

/** RGB of a picture as ffmpeg reads it. */
async function decoded(png: Uint8Array): Promise<Buffer> {
  const program = 'ffmpeg';
  const args = [
    '-v',
    'error',
    '-xerror',
    '-f',
    'png_pipe',
    '-i',
    'pipe:0',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    'pipe:1',
  ];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(png);
  return buffer(child.stdout);
}

const FRAMES = 6 * 48_000;
const di = plucked(FRAMES);
const draw = mulberry32(9);
const sounds = [di, Float32Array.from(di, (v) => Math.tanh(20 * v) * 0.3), Float32Array.from(di, () => 0.1 * draw())];

function aSet(windowMs: number | null): PictureSet {
  const pieces = planMontage(sounds.length, FRAMES, windowMs);
  const tones = sounds.map((x, i) => ({
    label: `Tone ${i} – with “a name” far beyond what fits onto a single strip of tape on this picture`,
    ltasDb: analyseTone(x, 0).ltasDb,
    gainDb: -3.2,
    spectrogram: toneSpectrogram(x),
  }));
  const timeline = montageTimeline(di, pieces);
  return { title: 'Three amps', targetLufs: -14, frames: FRAMES, tones, pieces, timeline };
}

test('any picture comes back from ffmpeg pixel by pixel', async () => {
  const canvas = createCanvas(37, 11, 0);
  canvas.bytes.forEach((_, i) => (canvas.bytes[i] = i % 112 === 0 ? 0 : Math.floor(256 * draw())));
  const rows = Array.from({ length: 11 }, (_, y) => canvas.bytes.subarray(y * 112 + 1, (y + 1) * 112));
  const pixels = Buffer.concat(rows);
  expect(Buffer.compare(await decoded(pngOf(canvas)), pixels)).toBe(0);
});

test.each([null, 3000])('pictures of pieces are 1920×1080 and show which piece plays (window %s)', async (windowMs) => {
  const set = aSet(windowMs);
  const pictures = set.pieces.map((_, i) => piecePicture(set, i));
  expect(new Set(pictures.map(sha256)).size).toBe(set.pieces.length);
  expect(sha256(piecePicture(set, 1))).toBe(sha256(pictures[1] ?? ''));
  const rgb = await decoded(pictures[1] ?? new Uint8Array());
  expect(rgb.length).toBe(1920 * 1080 * 3);
  const at = (x: number, y: number) => rgb.readUIntBE(3 * (y * 1920 + x), 3);
  expect([at(10, 700), at(1900, 1060)]).toEqual([dark.ground, dark.ground]);
  // The band of the piece that plays lies where the playhead will be.
  const total = 3 * FRAMES;
  const piece = set.pieces[1] ?? { start: 0, frames: 0 };
  const inside = Math.round(((piece.start + piece.frames / 2) / total) * 1920);
  const outside = Math.round(((piece.start - piece.frames / 2) / total) * 1920);
  expect([at(inside, 775) === dark.well, at(outside, 775)]).toEqual([false, dark.well]);
});

test('the share picture is 1200×630 for one tone or sixteen', async () => {
  for (const count of [2, 16]) {
    const labels = Array.from({ length: count }, (_, i) => `Amp ${i + 1}`);
    const share = { title: 'A very long title '.repeat(10), labels, targetLufs: -16.2, di };
    const rgb = await decoded(sharePicture(share));
    expect(rgb.length).toBe(1200 * 630 * 3);
    expect(rgb.readUIntBE(3 * (620 * 1200 + 3), 3)).toBe(light.ground);
  }
});
