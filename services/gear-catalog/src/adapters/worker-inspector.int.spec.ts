import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aForeignWaveNet, aGoodCapture, badCaptures, hostileCaptures, namBytes } from '@gts/testing';
import { workerInspector } from './worker-inspector';

const inspect = workerInspector();
const folder = mkdtempSync(join(tmpdir(), 'gts-inspector-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Seconds of this process and all its threads. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
const gated = namBytes(aForeignWaveNet({ gated: true }, 274));

describe('a bad capture costs less than a second and nothing else', () => {
  test.each([...badCaptures(), ...hostileCaptures()])('%s: %s', async (code, _, bytes) => {
    const spent = await cpuOf(async () => {
      await expect(inspect('nam', bytes)).rejects.toMatchObject({ code, kind: 'rule-violated' });
    });
    expect(spent).toBeLessThan(1);
  });
  test('a good one is let in afterwards, on the own engine', async () => {
    const { analysis } = await inspect('nam', namBytes(aGoodCapture()));
    expect(analysis).toMatchObject({ kind: 'nam', engine: 'own', engineReason: null, tanh: 'exact' });
  });
});

describe('the engine that will play a capture judges it', () => {
  test('a gated one is played by the other engine, and says why', async () => {
    const { analysis, size, architecture } = await inspect('nam', gated);
    expect(analysis).toMatchObject({
      engine: 'compat',
      engineReason: 'layers with gated',
      tanh: 'fast',
      supported: true,
    });
    expect([size, architecture]).toEqual(['custom', 'custom']);
  });
  test.each([
    ['nam.diverges', 1e30],
    ['nam.silent', 0],
  ])('%s there as well', async (code, factor) => {
    const file = aForeignWaveNet({ gated: true }, 274);
    const bytes = namBytes({ ...file, weights: file.weights.map((w) => w * factor) });
    await expect(inspect('nam', bytes)).rejects.toMatchObject({ code });
  });
  test('a capture at 96 kHz is let in', async () => {
    const { analysis } = await inspect('nam', namBytes({ ...aGoodCapture(), sample_rate: 96_000 }));
    expect(analysis).toMatchObject({ sampleRate: 96_000 });
  });
});

describe('a thread that breaks has a code, and the next file is judged', () => {
  const broken = (name: string, code: string) => {
    const file = join(folder, `${name}.js`);
    writeFileSync(file, code);
    return workerInspector({ script: file, mostMs: 1500, memoryMb: 16 });
  };
  test.each([
    ['hangs', 'for (;;);', 'engine.timeout'],
    ['eats', 'const all = []; for (;;) all.push(new Array(1e4).fill({}));', 'engine.memory'],
    ['throws', 'throw new Error("no");', 'engine.crash'],
    ['rejects', 'Promise.reject(new Error("no"));', 'engine.crash'],
    ['leaves', 'process.exit(0);', 'engine.crash'],
  ])('%s', async (name, code, expected) => {
    const judge = broken(name, code);
    await expect(judge('nam', gated)).rejects.toMatchObject({ code: expected, kind: 'unavailable' });
    await expect(judge('nam', gated)).rejects.toMatchObject({ code: expected });
  });
});
