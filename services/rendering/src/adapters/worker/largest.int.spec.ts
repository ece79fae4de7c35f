import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileArtefacts } from '@gts/artefacts';
import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { wavFile } from '@gts/testing';
import { longestTurn } from '../../../../../tests/support/longest-turn';
import type { InspectedAudio, RunOptions } from '../../application/ports';
import { artefactFiles } from '../artefact-files';
import { type Ffmpeg, findFfmpeg } from '../ffmpeg';
import { audioDecoder } from '../ffmpeg-decoder';
import { WorkerPool } from './pool';

const clock = clockOf(() => new Date().getTime());
const signal = new AbortController().signal;
const cpu: number[] = [];
/** The main thread's longest turn of each inspection, ms. */
const turns: number[] = [];
const data = { kernel: loadKernel() };
const pool = new WorkerPool({ size: 1, clock, data, leaveMs: 60_000, onCpu: (_, seconds) => void cpu.push(seconds) });
let ffmpeg: Ffmpeg;
let dir: string;
beforeAll(async () => {
  ffmpeg = await findFfmpeg(undefined, '/usr/bin:/bin');
  dir = await mkdtemp(join(tmpdir(), 'gts-largest-'));
});
afterAll(async () => {
  await pool.stop(0);
  await rm(dir, { recursive: true });
});

const [SECONDS, RATE, FRAME, HEADER] = [120, 192_000, 4, 44];
/** 92 MB: as long, as fast and as wide as a recording may be. */
function largest(): Uint8Array {
  const second = Float32Array.from({ length: RATE }, (_, i) => 0.5 * Math.sin(i / 100));
  const bytes = SECONDS * RATE * FRAME;
  const one = wavFile({ channels: [second, second], sampleRate: RATE, bits: 16, says: { dataBytes: bytes } });
  const file = new Uint8Array(HEADER + bytes);
  file.set(one.subarray(0, HEADER));
  for (let at = HEADER; at < file.length; at += RATE * FRAME) file.set(one.subarray(HEADER), at);
  return file;
}

/** Sent as the service does it: out of the store, through the decoder, to the thread. */
async function inspect(file: Uint8Array, mediaType: string, run: RunOptions): Promise<InspectedAudio> {
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
  const { sha256 } = await artefacts.put(file);
  const ended = longestTurn();
  const bytes = (await artefactFiles(artefacts).read(sha256)) ?? new Uint8Array();
  const decoder = audioDecoder({ ffmpeg, pool, tmp: dir });
  const inspected = decoder.inspect(bytes, { mediaType, channel: 'mix' }, run);
  return inspected.finally(() => void turns.push(ended()));
}
const cancelled = (): RunOptions => {
  const cancel = new AbortController();
  return { signal: cancel.signal, onProgress: () => cancel.abort(new DOMException('enough', 'AbortError')) };
};
async function asFlac(wav: Uint8Array): Promise<Uint8Array> {
  const [from, to] = [join(dir, 'largest.wav'), join(dir, 'largest.flac')];
  await writeFile(from, wav);
  spawnSync(ffmpeg.ffmpeg, ['-v', 'error', '-i', from, '-compression_level', '0', to]);
  return readFile(to);
}

test('the largest recording moves while it is inspected, is dropped soon after a cancel, and holds up no answer', async () => {
  const told: number[] = [];
  const onProgress = (fraction: number) => void told.push(fraction);
  const { pcm } = await inspect(largest(), 'audio/wav', { signal, onProgress });
  expect(pcm.samples).toHaveLength(SECONDS * 48_000);
  for (let again = 0; again < 2; again++) await inspect(largest(), 'audio/wav', { signal });
  expect(told.length).toBeGreaterThan(5);
  const flac = await asFlac(largest());
  await expect(inspect(flac, 'audio/flac', cancelled())).rejects.toMatchObject({ name: 'AbortError' });
  await pool.run({ kind: 'onset', x: new Float32Array(100) }, { signal });
  const [whole = 0, , , broken = whole] = cpu;
  expect(broken).toBeLessThan(whole / 2);
  // A collection of the garbage that the tests themselves left can only add to a turn.
  const flacTurn = turns.pop();
  expect(Math.min(...turns)).toBeLessThan(50);
  expect(flacTurn).toBeLessThan(50);
}, 180_000);
