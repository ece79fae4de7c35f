import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryArtefacts } from '@gts/artefacts';
import {
  chaptersOf,
  montageTimeline,
  piecePicture,
  pieceOf,
  type Piece,
  planMontage,
  quantise16,
  SAMPLE_RATE,
  TENTH,
  toneSpectrogram,
} from '@gts/audio';
import { manualClock } from '@gts/testing';
import type { MontagePart } from '../application/ports';
import { ffmpegAssembler } from './ffmpeg-assembler';
import { type Ffmpeg, findFfmpeg } from './ffmpeg';

let ffmpeg: Ffmpeg;
const LENGTH = 93 * TENTH;
const FREQUENCIES = [400, 1000, 2500];
const labels = ['Plexi', 'a=b; #2 \\ "hot"', 'Äxte'];
const sine = (hz: number) =>
  Float32Array.from({ length: LENGTH }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE));
const tones = FREQUENCIES.map(sine);
const never = { signal: new AbortController().signal };

let dir: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg(undefined, '/usr/bin:/bin');
  dir = await mkdtemp(join(tmpdir(), 'gts-assembler-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function aWorld(program = ffmpeg.ffmpeg) {
  const artefacts = memoryArtefacts({ context: 'rendering', clock: manualClock() });
  const tmp = join(dir, 'tmp');
  return { artefacts, tmp, assembler: ffmpegAssembler({ ffmpeg: { ...ffmpeg, ffmpeg: program }, artefacts, tmp }) };
}

async function* partsOf(pieces: readonly Piece[]): AsyncGenerator<MontagePart> {
  for (const [i, piece] of pieces.entries()) {
    const x = pieceOf(tones[piece.tone] ?? new Float32Array(), piece, i === pieces.length - 1);
    yield { start: piece.start, s16: new Uint8Array(quantise16(x).buffer) };
  }
}

function picturesOf(pieces: readonly Piece[]): Uint8Array[] {
  const set = {
    title: 'Sines',
    targetLufs: -14,
    frames: LENGTH,
    pieces,
    tones: tones.map((x, i) => ({
      label: labels[i] ?? '',
      gainDb: 0,
      ltasDb: Array.from({ length: 27 }, () => -40),
      spectrogram: toneSpectrogram(x),
    })),
    timeline: montageTimeline(tones[0] ?? new Float32Array(), pieces),
  };
  return pieces.map((_, i) => piecePicture(set, i));
}

type World = ReturnType<typeof aWorld>;
async function assembled({ assembler, artefacts }: World, windowMs: number | null) {
  const pieces = planMontage(tones.length, LENGTH, windowMs);
  const chapters = chaptersOf(pieces, labels);
  const shares: number[] = [];
  const refs = await assembler.using(async (file) => {
    await file.write(partsOf(pieces));
    for (const [i, png] of picturesOf(pieces).entries()) await file.show(i, png);
    const flac = await file.flac(never);
    await file.track(never);
    await file.film(chapters, { ...never, onProgress: (done) => void shares.push(done) });
    return { flac, video: await file.video(chapters, never) };
  });
  const path = { flac: join(dir, 'montage.flac'), video: join(dir, 'montage.mp4') };
  await writeFile(path.flac, (await artefacts.read(refs.flac.sha256)) ?? '');
  await writeFile(path.video, (await artefacts.read(refs.video.sha256)) ?? '');
  return { pieces, chapters, path, refs, shares };
}

type Probe = Readonly<{
  format: { duration: string };
  streams: { codec_type: string; duration: string; width?: number; height?: number; r_frame_rate: string }[];
  chapters: { start_time: string; tags: { title: string } }[];
}>;
function probe(path: string): Probe {
  const args = ['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json', path];
  return JSON.parse(spawnSync(ffmpeg.ffprobe, args, { encoding: 'utf8' }).stdout) as Probe;
}

/** Seconds at which a player can begin to show. */
function keyFrames(path: string): number[] {
  return shownAt(path, ['-skip_frame', 'nokey']);
}
function shownAt(path: string, only: readonly string[] = []): number[] {
  const shown = ['-select_streams', 'v', ...only, '-show_entries', 'frame=pts_time'];
  const { stdout } = spawnSync(ffmpeg.ffprobe, ['-v', 'error', ...shown, '-of', 'csv=p=0', path], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (line ? [Number.parseFloat(line)] : []));
}

/** Which of the sines a stretch of 5 ms is, by its power at each frequency. */
function toneAt(x: Int16Array, at: number): number {
  const powers = FREQUENCIES.map((hz) => {
    let [re, im] = [0, 0];
    for (let i = 0; i < 240; i++) {
      re += (x[at + i] ?? 0) * Math.cos((2 * Math.PI * hz * i) / SAMPLE_RATE);
      im += (x[at + i] ?? 0) * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE);
    }
    return re * re + im * im;
  });
  return powers.indexOf(Math.max(...powers));
}

function decoded(path: string): Int16Array {
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 's16le', '-'], { maxBuffer: 1e8 });
  return new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
}

describe.each([
  ['each tone whole', null],
  ['windows of 3 s', 3000],
])('%s', (_, windowMs) => {
  let found: Awaited<ReturnType<typeof assembled>>;
  beforeAll(async () => void (found = await assembled(aWorld(), windowMs)), 240_000);

  test('picture, sound and container last equally long, within a millisecond', () => {
    const { format, streams } = probe(found.path.video);
    const seconds = (found.chapters.at(-1)?.endMs ?? 0) / 1000;
    const durations = [format, ...streams.filter((each) => each.codec_type !== 'data')].map((each) =>
      Math.round(1000 * Number(each.duration)),
    );
    for (const ms of durations.slice(0, 3)) expect(Math.abs(ms - 1000 * seconds)).toBeLessThanOrEqual(1);
    expect(streams.find((each) => each.codec_type === 'video')).toMatchObject({ width: 1920, height: 1080 });
  });
  test('each chapter starts where it says and has its label', () => {
    const read = probe(found.path.video).chapters;
    expect(read.map(({ tags }) => tags.title)).toEqual(found.chapters.map(({ label }) => label));
    read.forEach(({ start_time }, i) =>
      expect(Math.abs(1000 * Number(start_time) - (found.chapters[i]?.startMs ?? NaN))).toBeLessThanOrEqual(1),
    );
  });
  test('the picture has a key frame where a piece begins, so that a player finds it at once', () => {
    const starts = found.chapters.map(({ startMs }) => startMs / 1000);
    expect(keyFrames(found.path.video)).toEqual(expect.arrayContaining(starts));
  });
  test('it shows a picture where the playhead moved, one a second at least, and the last tenth', () => {
    const at = shownAt(found.path.video).map((seconds) => Math.round(10 * seconds));
    const tenths = Math.round((found.chapters.at(-1)?.endMs ?? 0) / 100);
    const steps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect([at[0], at.at(-1)]).toEqual([0, tenths - 1]);
    expect(Math.max(...steps)).toBe(Math.max(1, Math.floor((16 * tenths) / 1920)));
  });
  test('the tones change within 11 ms around each chapter, and pieces start on their sample', () => {
    const x = decoded(found.path.flac);
    expect(x.length).toBe((found.chapters.at(-1)?.endMs ?? 0) * 48);
    for (const { tone, start, frames, from } of found.pieces) {
      // 11 ms: 10 of fade, 1 to spare; the stretch that is looked at lasts 5.
      expect([toneAt(x, start + 528), toneAt(x, start + frames - 528 - 240)]).toEqual([tone, tone]);
      const wanted = quantise16((tones[tone] ?? new Float32Array()).slice(from, from + frames));
      const apart = x
        .subarray(start, start + frames)
        .findIndex((v, i) => i >= 480 && Math.abs(v - (wanted[i] ?? 0)) > 3);
      expect(apart === -1 || apart >= frames - 480).toBe(true);
    }
  });
  test('progress rises to the end', () => {
    expect(found.shares).toEqual(found.shares.toSorted((a, b) => a - b));
    expect(found.shares.at(-1)).toBeCloseTo(1, 1);
  });
});

const shortPieces = planMontage(tones.length, 10 * TENTH, null);
const lossless = ({ assembler }: World) =>
  assembler.using(async (file) => {
    await file.write(partsOf(shortPieces));
    return file.flac(never);
  });

test('the FLAC file is byte-stable and nothing is left in the folder', async () => {
  const world = aWorld();
  expect(await lossless(world)).toEqual(await lossless(world));
  expect(await readdir(world.tmp)).toEqual([]);
});

test('an encoder that is killed is a fault with its code, and leaves nothing', async () => {
  const script = join(dir, 'dies.sh');
  await writeFile(script, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
  const world = aWorld(script);
  await expect(lossless(world)).rejects.toMatchObject({ code: 'encoder.failed' });
  expect(await readdir(world.tmp)).toEqual([]);
});

test('a cancel ends the encoder and its children at once', async () => {
  const script = join(dir, 'hangs.sh');
  await writeFile(
    script,
    '#!/bin/sh\nsleep 1000 & echo $! > child.pid; cp child.pid ..; echo progress=continue; wait\n',
    {
      mode: 0o755,
    },
  );
  const world = aWorld(script);
  const stop = new AbortController();
  const run = { signal: stop.signal, onProgress: () => stop.abort(new Error('cancelled')) };
  await expect(
    world.assembler.using(async (file) => {
      await file.write(partsOf(shortPieces));
      await file.film(chaptersOf(shortPieces, labels), run);
    }),
  ).rejects.toThrow('cancelled');
  const pid = (await readFile(join(world.tmp, 'child.pid'), 'utf8')).trim();
  // Gone, or dead and waiting for somebody to notice.
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'Z');
  expect(state).toMatch(/\bZ\b/);
});
