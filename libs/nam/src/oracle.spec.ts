import { pcmBytes, sha256 } from '@gts/audio';
import {
  anLstm,
  aWaveNet,
  naiveNam,
  namBytes,
  type NamArray,
  type NamFile,
  publishedShapes,
  relativeDb,
  seeded,
} from '@gts/testing';
import { namInfo, oracleEngine, oracleEngineId, parseNam, prepareOracle, readForOracle, renderOracle } from './index';

const signal = (frames: number) => {
  const draw = seeded(99);
  return Float32Array.from({ length: frames }, () => 0.6 * draw() - 0.3);
};
const planOf = (file: NamFile) => prepareOracle(readForOracle(namBytes(file)));

const one = (part: Partial<NamArray>): readonly NamArray[] => [
  { channels: 4, dilations: [1, 2, 5], kernelSizes: 3, outputs: 1, headBias: true, ...part },
];
const shapes: readonly (readonly [string, readonly NamArray[], number])[] = [
  ['A1 nano', publishedShapes['A1 nano'], 300],
  ['A2 lite', publishedShapes['A2 lite'], 300],
  ['ReLU, no bias', one({ activation: 'ReLU', headBias: false }), 400],
  ['a list of activations', one({ activation: ['Tanh', { type: 'LeakyReLU' }, 'ReLU'], headKernel: 1 }), 400],
  ['one channel, one tap', one({ channels: 1, kernelSizes: 1 }), 400],
  ['three channels', one({ channels: 3 }), 400],
  ['five channels, 15 taps', one({ channels: 5, kernelSizes: 15, headKernel: 16 }), 200],
  ['64 channels', one({ channels: 64, dilations: [1] }), 60],
  [
    'three arrays',
    [
      { channels: 5, dilations: [1, 3], kernelSizes: 2, outputs: 3, headKernel: 4, headBias: true },
      { channels: 3, dilations: [7], kernelSizes: 3, outputs: 2, headKernel: 1 },
      { channels: 2, dilations: [1, 100], kernelSizes: 2, outputs: 1, headKernel: 2, headBias: true },
    ],
    400,
  ],
  ['history longer than a block', one({ channels: 2, dilations: [8000], kernelSizes: 2 }), 200],
];

describe('a WaveNet equals its recursion, sample by sample', () => {
  // The result is float32, which leaves about −150 dB; the naive model runs from its own zero history.
  test.each(shapes)('%s', (_, arrays, frames) => {
    const file = aWaveNet(11, arrays);
    const x = signal(frames);
    const y = renderOracle(planOf(file), x);
    expect(y.length).toBe(frames);
    expect(relativeDb(y, naiveNam(file, x))).toBeLessThan(-140);
    expect(y).not.toEqual(x);
  });
  test('with another tanh both still agree', () => {
    const file = aWaveNet(12, one({}));
    const soft = (v: number) => v / (1 + Math.abs(v));
    const y = renderOracle(prepareOracle(readForOracle(namBytes(file)), soft), signal(300));
    expect(relativeDb(y, naiveNam(file, signal(300), soft))).toBeLessThan(-140);
  });
});

describe('an LSTM equals its recursion', () => {
  test.each([
    ['1×1', anLstm(1, [1, 1])],
    ['3×1', anLstm(2, [3, 1])],
    ['3×1 with a stored state', anLstm(3, [3, 1], true)],
    ['2×2', anLstm(4, [2, 2])],
  ] as const)('%s', (_, file) => {
    const x = signal(300);
    const y = renderOracle(planOf(file), x);
    expect(relativeDb(y, naiveNam(file, x))).toBeLessThan(-140);
  });
});

describe('published shapes are known by name', () => {
  test.each([
    ['A1 standard', '1', 'standard', 13_802, 4093],
    ['A1 lite', '1', 'lite', 6554, 4093],
    ['A1 feather', '1', 'feather', 3026, 4093],
    ['A1 nano', '1', 'nano', 842, 4093],
    ['A2 full', '2', 'standard', 12_146, 6347],
    ['A2 lite', '2', 'lite', 1871, 6347],
  ] as const)('%s', (...[name, architecture, size, weights, receptiveField]) => {
    const model = parseNam(namBytes(aWaveNet(1, publishedShapes[name])));
    expect(namInfo(model)).toMatchObject({ architecture, size, weights, receptiveField, sampleRate: 48_000 });
  });
  test('others are custom; an LSTM has no receptive field', () => {
    expect(namInfo(parseNam(namBytes(aWaveNet(1, one({})))))).toMatchObject({ architecture: 'custom', size: 'custom' });
    const counts = (
      [
        [3, 1],
        [16, 2],
        [24, 1],
      ] as const
    ).map((shape) => namInfo(parseNam(namBytes(anLstm(1, shape)))));
    expect(counts.map(({ weights, receptiveField }) => [weights, receptiveField])).toEqual([
      [70, null],
      [3345, null],
      [2569, null],
    ]);
  });
});

describe('spans, progress, cancelling', () => {
  const plan = planOf(aWaveNet(21, one({ dilations: [1, 700], channels: 3 })));
  const x = signal(5000);
  const whole = renderOracle(plan, x);
  test.each([
    [0, 5000],
    [1, 700],
    [511, 513],
    [4095, 5000],
    [2048, 4096],
  ])('[%d, %d) has the bits of the whole', (start, end) => {
    expect(renderOracle(plan, x, { span: { start, end } })).toEqual(whole.subarray(start, end));
  });
  test('progress grows to the end', () => {
    const told: number[] = [];
    renderOracle(plan, x, { onProgress: (done) => told.push(done) });
    expect([told.at(-1), told]).toEqual([5000, told.toSorted((a, b) => a - b)]);
    expect(told.length).toBeGreaterThan(5);
  });
  test('a cancelled render stops within a block', () => {
    let asked = 0;
    const cancelled = () => ++asked > 3;
    expect(() => renderOracle(plan, x, { cancelled })).toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(asked).toBe(4);
  });
  test('behind the port it is the same', () => {
    const y = oracleEngine.render(plan, x);
    expect(y).toEqual(whole);
  });
  test('an LSTM has no spans', () => {
    expect(() => renderOracle(planOf(anLstm(1, [3, 1])), x, { span: { start: 1, end: 2 } })).toThrow(RangeError);
  });
  test('an empty signal gives an empty one', () => {
    expect(renderOracle(plan, new Float32Array(0)).length).toBe(0);
  });
});

/** If this fails, the engine changed its bits: raise ORACLE_VERSION with it, so that no cache serves old bytes as new. */
test('bytes under this engine id are these', () => {
  const files = [
    aWaveNet(31, publishedShapes['A1 nano']),
    aWaveNet(32, publishedShapes['A2 lite']),
    anLstm(33, [3, 1]),
  ];
  const hash = sha256(Buffer.concat(files.map((file) => pcmBytes(renderOracle(planOf(file), signal(500))))));
  expect([oracleEngineId, hash]).toMatchInlineSnapshot(`
   [
     "oracle:1:node24",
     "8dafe61a0ea40496ede1fecd8e26e4f67454487216b29fb987b310d43cd94035",
   ]
  `);
});
