import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { wavFile } from '@gts/testing';
import type { InspectedAudio } from '../../application/ports';
import { WorkerPool } from './pool';

const clock = clockOf(() => new Date().getTime());
const cpu: number[] = [];
const pool = new WorkerPool({
  size: 1,
  clock,
  data: { kernel: loadKernel() },
  onCpu: (_, seconds) => void cpu.push(seconds),
});
afterAll(() => pool.stop(0));

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
const inspect = (signal: AbortSignal, onProgress: (fraction: number) => void) =>
  pool.run<InspectedAudio>({ kind: 'inspectWav', bytes: largest(), channel: 'mix' }, { signal, onProgress });

test('the largest recording moves while it is inspected, and its thread is free soon after a cancel', async () => {
  const told: number[] = [];
  const { pcm } = await inspect(new AbortController().signal, (fraction) => void told.push(fraction));
  expect(pcm.samples).toHaveLength(SECONDS * 48_000);
  expect(told.length).toBeGreaterThan(5);
  const cancel = new AbortController();
  const stop = () => cancel.abort(new DOMException('enough', 'AbortError'));
  await expect(inspect(cancel.signal, stop)).rejects.toMatchObject({ name: 'AbortError' });
  await pool.run({ kind: 'onset', x: new Float32Array(100) }, { signal: new AbortController().signal });
  const [whole = 0, broken = whole] = cpu;
  expect(broken).toBeLessThan(whole / 2);
}, 120_000);
