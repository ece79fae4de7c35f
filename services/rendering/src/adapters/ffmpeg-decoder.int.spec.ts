import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { type Ffmpeg, findFfmpeg } from './ffmpeg';
import { audioDecoder } from './ffmpeg-decoder';
import { WorkerPool } from './worker/pool';

const pool = new WorkerPool({ size: 1, clock: clockOf(() => new Date().getTime()), data: { kernel: loadKernel() } });
const { signal } = new AbortController();
let ffmpeg: Ffmpeg;
let dir: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg(undefined, '/usr/bin:/bin');
  dir = await mkdtemp(join(tmpdir(), 'gts-decoder-'));
});
afterAll(async () => {
  await pool.stop(0);
  await rm(dir, { recursive: true });
});

test.each([
  ['600 kHz', ['-ar', '600000', '-strict', '-2'], 'wav.sample_rate'],
  ['six channels', ['-ac', '6'], 'wav.channels'],
])('%s are refused before anything is decoded', async (_, how, code) => {
  const file = join(dir, 'take.flac');
  spawnSync(ffmpeg.ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'sine=d=2', ...how, '-y', file]);
  const started: string[] = [];
  const decoder = audioDecoder({
    ffmpeg: {
      ...ffmpeg,
      get ffmpeg() {
        started.push('ffmpeg');
        return ffmpeg.ffmpeg;
      },
    },
    pool,
    tmp: dir,
  });
  const inspecting = decoder.inspect(await readFile(file), { mediaType: 'audio/flac' }, { signal });
  await expect(inspecting).rejects.toMatchObject({ code });
  expect(started).toEqual([]);
});
