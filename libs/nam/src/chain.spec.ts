import { convolve, mulberry32, prepareIr, resample } from '@gts/audio';
import { aTone, aWaveNet, namBytes } from '@gts/testing';
import {
  type Amp,
  ampOf,
  type ChainBlock,
  type ChainTools,
  oracleEngine,
  parseNam,
  prepareOracle,
  probeNam,
  renderCapture,
  renderChain,
  renderOracle,
} from './index';

const file = aWaveNet(5, [{ channels: 2, dilations: [1, 2], kernelSizes: 2, outputs: 1, headBias: true }]);
const parsed = parseNam(namBytes(file));
const plan = prepareOracle(parsed);
const played = ampOf(oracleEngine, parsed);
const draw = mulberry32(1);
const ir = prepareIr(Float32Array.from({ length: 200 }, () => draw() - 0.5));
const tools: ChainTools = { loadModel: () => played, loadIr: () => ir };
const x = aTone(9600);
const amp: ChainBlock = { kind: 'capture', sha256: 'a' };

describe('a chain', () => {
  test('plays its blocks in order and grows by their tails', () => {
    const blocks: readonly ChainBlock[] = [
      { kind: 'effect', effect: 'gain', params: { gainDb: -6 } },
      amp,
      { kind: 'ir', sha256: 'b' },
      { kind: 'effect', effect: 'delay', params: { timeMs: 10, feedbackPercent: 0 } },
    ];
    const y = renderChain(blocks, x, tools);
    expect(y.length).toBe(9600 + 199 + 480);
    const gained = x.map((v) => v * 10 ** (-6 / 20));
    const through = convolve(renderOracle(plan, gained), ir);
    expect(y.subarray(0, 100)).toEqual(through.subarray(0, 100).map((v) => 0.75 * v));
  });
  test('without blocks is its input', () => {
    expect(renderChain([], x, tools)).toBe(x);
  });
  test('a reverb takes its response from the same place', () => {
    const y = renderChain([{ kind: 'effect', effect: 'reverb_ir', irSha256: 'r' }], x, tools);
    expect(y.length).toBe(9799);
  });
  test('tells which block is how far', () => {
    const told: string[] = [];
    renderChain([amp, { kind: 'ir', sha256: 'b' }], x, {
      ...tools,
      onProgress: ({ blockIndex, done, total }) => told.push(`${blockIndex} ${done}/${total}`),
    });
    expect([told[0], told.at(-1)]).toEqual(['0 0/9600', '1 9600/9600']);
  });
  test('stops when it is told to', () => {
    expect(() => renderChain([amp], x, { ...tools, cancelled: () => true })).toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });
  test('names the block that answers with NaN', () => {
    const broken: Amp = { ...played, render: (input) => input.map(() => Number.NaN) };
    const refusal = expect.objectContaining({ code: 'render.non_finite', details: { blockIndex: 1 } }) as Error;
    const gain: ChainBlock = { kind: 'effect', effect: 'gain' };
    expect(() => renderChain([gain, amp], x, { ...tools, loadModel: () => broken })).toThrow(refusal);
  });
});

test('a capture of another rate plays at its own and comes back in length', () => {
  const model = parseNam(namBytes({ ...file, sample_rate: 96_000 }));
  const fast = prepareOracle(model);
  const y = renderCapture(ampOf(oracleEngine, model), x);
  expect(y.length).toBe(x.length);
  expect(y).toEqual(resample(renderOracle(fast, resample(x, 48_000, 96_000)), 96_000, 48_000).subarray(0, x.length));
});

describe('the probe', () => {
  const scaled = (by: number) =>
    ampOf(oracleEngine, parseNam(namBytes({ ...file, weights: file.weights.map((w) => w * by) })));
  test.each([
    ['nam.diverges', 'weights × 1e30', scaled(1e30)],
    ['nam.silent', 'weights × 0', scaled(0)],
  ] as const)('%s: %s', (code, _, amp) => {
    expect(() => probeNam(amp)).toThrow(expect.objectContaining({ code, kind: 'rule-violated' }));
  });
  test('lets a good capture pass', () => {
    expect(() => probeNam(played)).not.toThrow();
  });
});
