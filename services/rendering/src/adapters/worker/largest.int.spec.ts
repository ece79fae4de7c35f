import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileArtefacts } from '@gts/artefacts';
import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { wavFile } from '@gts/testing';
import type { InspectedAudio, RunOptions } from '../../application/ports';
import { artefactFiles } from '../artefact-files';
import { findFfmpeg } from '../ffmpeg';
import { audioDecoder } from '../ffmpeg-decoder';
import { WorkerPool } from './pool';

const clock = clockOf(() => new Date().getTime());
const ffmpeg = findFfmpeg(undefined, '/usr/bin:/bin');
const signal = new AbortController().signal;
const cpu: number[] = [];
const data = { kernel: loadKernel() };
const pool = new WorkerPool({ size: 1, clock, data, leaveMs: 60_000, onCpu: (_, seconds) => void cpu.push(seconds) });
let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'gts-largest-'))));
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

test('the largest recording moves while it is inspected, and its thread is free soon after a cancel', async () => {
  const inspect = (run: RunOptions) =>
    pool.run<InspectedAudio>({ kind: 'inspectWav', bytes: largest(), channel: 'mix' }, run);
  const told: number[] = [];
  const { pcm } = await inspect({ signal, onProgress: (fraction) => void told.push(fraction) });
  expect(pcm.samples).toHaveLength(SECONDS * 48_000);
  expect(told.length).toBeGreaterThan(5);
  const cancel = new AbortController();
  const stop = () => cancel.abort(new DOMException('enough', 'AbortError'));
  await expect(inspect({ signal: cancel.signal, onProgress: stop })).rejects.toMatchObject({ name: 'AbortError' });
  await pool.run({ kind: 'onset', x: new Float32Array(100) }, { signal });
  const [whole = 0, broken = whole] = cpu;
  expect(broken).toBeLessThan(whole / 2);
}, 120_000);

/** Longest time that the calling thread works without looking up, ms of its CPU: other work of the machine is none. */
function longestTurn(): () => number {
  let [longest, last] = [0, process.threadCpuUsage()];
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1000);
    last = process.threadCpuUsage();
  };
  const timer = setInterval(look, 5);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}

async function asFlac(wav: Uint8Array): Promise<Uint8Array> {
  const [from, to] = [join(dir, 'largest.wav'), join(dir, 'largest.flac')];
  await writeFile(from, wav);
  spawnSync(ffmpeg.ffmpeg, ['-v', 'error', '-i', from, '-compression_level', '0', to]);
  return readFile(to);
}

test.each([
  ['audio/wav', (wav: Uint8Array) => Promise.resolve(wav)],
  ['audio/flac', asFlac],
])(
  'nobody waits 50 ms for an answer while the largest %s is read and inspected',
  async (mediaType, made) => {
    const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
    const { sha256 } = await artefacts.put(await made(largest()));
    const decoder = audioDecoder({ ffmpeg, pool, tmp: dir });
    const ended = longestTurn();
    const bytes = await artefactFiles(artefacts).read(sha256);
    const { pcm } = await decoder.inspect(bytes ?? new Uint8Array(), { mediaType, channel: 'mix' }, { signal });
    expect(ended()).toBeLessThan(50);
    expect(pcm.samples).toHaveLength(SECONDS * 48_000);
  },
  120_000,
);
