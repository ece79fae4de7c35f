import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  acceptDiWav,
  acceptIrWav,
  applyGain,
  commonLength,
  frame,
  level,
  measure,
  prepare,
  prepareIr,
  sha256,
  verifySet,
} from '@gts/audio';
import { naiveNam, type NamFile } from '@gts/testing';
import { ampOf, namInfo, oracleEngine, parseNam, prepareOracle, probeNam, renderChain, renderOracle } from './index';

const demo = join(__dirname, '../../../deploy/demo');
const filesOf = (folder: string) =>
  readdirSync(join(demo, folder))
    .toSorted()
    .map((name) => readFileSync(join(demo, folder, name)));
const captures = filesOf('captures');
const [firstIr = Buffer.alloc(0)] = filesOf('irs');
const [firstDi = Buffer.alloc(0)] = filesOf('di');
const di = acceptDiWav(firstDi);
const take = di.samples.subarray(48_000, 96_000);

const rms = (x: Float32Array) => Math.sqrt(x.reduce((s, v) => s + v * v, 0) / x.length);

describe.each(captures.map((bytes) => [namInfo(parseNam(bytes)).size, bytes] as const))(
  'demo capture %s',
  (_, bytes) => {
    const plan = prepareOracle(parseNam(bytes));
    test('passes the probe, changes the sound, plays a second faster than two', () => {
      probeNam(ampOf(oracleEngine, parseNam(bytes)));
      const before = process.cpuUsage();
      const y = renderOracle(plan, take);
      const { user } = process.cpuUsage(before);
      expect(y.length).toBe(take.length);
      expect(rms(y)).toBeGreaterThan(0.003);
      expect(y).not.toEqual(take);
      expect(user).toBeLessThan(2e6);
    });
    test('is what the naive recursion says', () => {
      const x = take.subarray(20_000, 20_100);
      const expected = naiveNam(JSON.parse(bytes.toString()) as NamFile, x);
      const y = renderOracle(plan, x);
      const worst = Math.max(...y.map((v, i) => Math.abs(v - (expected[i] ?? NaN))));
      expect(worst).toBeLessThan(1e-6);
    });
  },
);

test('all demo rigs come out equally loud, below −1 dBTP, the same twice', () => {
  const x = prepare(di.samples.subarray(0, 96_000)).samples;
  const ir = prepareIr(acceptIrWav(firstIr).samples);
  const render = () => {
    const tones = captures.map((bytes) => {
      const amp = ampOf(oracleEngine, parseNam(bytes));
      const blocks = [
        { kind: 'capture', sha256: '' },
        { kind: 'ir', sha256: '' },
      ] as const;
      return renderChain(blocks, x, { loadModel: () => amp, loadIr: () => ir });
    });
    const frames = commonLength(
      tones.map(({ length }) => length),
      x.length,
    );
    const framed = tones.map((tone) => frame(tone, frames));
    const { gainsDb, targetLufs } = level(framed.map(measure));
    const levelled = framed.map((tone, i) => applyGain(tone, gainsDb[i] ?? 0));
    verifySet(
      levelled.map((tone) => ({ ...measure(tone), frames: tone.length })),
      { targetLufs, frames },
    );
    return levelled.map((tone) => sha256(new Uint8Array(tone.buffer)));
  };
  const hashes = render();
  expect(new Set(hashes).size).toBe(4);
  expect(render()).toEqual(hashes);
});
