import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { aForeignWaveNet, anLstm, aWaveNet, namBytes, publishedShapes, relativeDb, seeded } from '@gts/testing';
import { compatEngineId, type ForeignModel, type NamModel, parseNam, prepareOracle, renderOracle } from '../index';

// The package is ESM only, so Jest's own thread never sees it: a thread of Node plays the built library.
const script = `
  const { parentPort, workerData } = require('node:worker_threads');
  const nam = require(workerData);
  const factsOf = ({ id, tanh }) => ({ id, tanh });
  parentPort.on('message', async ({ text, sampleRate, x, stopAt }) => {
    const engine = await nam.openCompatEngine();
    const told = [];
    const options = { onProgress: (done) => told.push(done), cancelled: () => stopAt !== undefined && told.length >= stopAt };
    const plan = { text, sampleRate, receptiveField: 1, floats: 1, ops: 1 };
    try {
      parentPort.postMessage({ y: engine.render(plan, x, options), told, ...factsOf(engine) });
    } catch ({ name, code, kind }) {
      parentPort.postMessage({ refused: typeof code === 'string' ? code : name, kind, told });
    }
  });
`;
type Played = Readonly<{
  y: Float32Array;
  told: readonly number[];
  id: string;
  tanh: string;
  refused?: string;
  kind?: string;
}>;
type Job = Readonly<{ text: string; sampleRate?: number; x: Float32Array; stopAt?: number }>;

const start = () => new Worker(script, { eval: true, workerData: join(__dirname, '../../dist/index.js') });
let worker: Worker;
beforeAll(() => void (worker = start()));
afterAll(() => worker.terminate());

async function play(job: Job, on = worker): Promise<Played> {
  on.postMessage({ sampleRate: 48_000, ...job });
  const [played] = (await once(on, 'message')) as [Played];
  return played;
}

/** Karplus-Strong plucks of audio.md §10. */
function plucks(frames: number): Float32Array {
  const draw = seeded(17);
  const x = new Float32Array(frames);
  [82.4, 110, 146.8, 196, 246.9, 329.6].forEach((frequency, string) => {
    const ring = Array.from({ length: Math.round(48_000 / frequency) }, () => 2 * draw() - 1);
    for (let at = string * 12_000, i = 0; at < frames; at++, i = (i + 1) % ring.length) {
      const v = ring[i] ?? 0;
      x[at] = (x[at] ?? 0) + 0.25 * v;
      ring[i] = 0.498 * (v + (ring[(i + 1) % ring.length] ?? 0));
    }
  });
  return x;
}

const [a, b, c, d, e] = [2.45550750702956, 0.893229853513558, 0.821226666969744, 0.814642734961073, 2.44506634652299];
/** The tanh of the package, audio.md §4.5. */
function fastTanh(x: number): number {
  const m = Math.abs(x);
  return (x * (a + a * m + (b + c * m) * x * x)) / (e + (e + x * x) * Math.abs(x + d * x * m));
}

const x = plucks(5000);
const dbfs = (y: Float32Array) => 10 * Math.log10(y.reduce((sum, v) => sum + v * v, 0) / y.length);
const foreign = (part: object, weights: number) =>
  parseNam(namBytes(aForeignWaveNet({ ...part }, weights))) as ForeignModel;
const gated = foreign({ gated: true }, 274);

describe('the definition and the peer agree, which share no line', () => {
  const wide = { dilations: [1, 2, 4], kernelSizes: 3, outputs: 1, headBias: true };
  test.each([
    ...Object.entries(publishedShapes).map(([name, arrays]) => [name, aWaveNet(71, arrays), -105, -40] as const),
    ['ReLU', aWaveNet(72, [{ ...wide, channels: 5, activation: 'ReLU' }]), -105, -115],
    ['LeakyReLU', aWaveNet(73, [{ ...wide, channels: 3, activation: 'LeakyReLU' }]), -105, -115],
    ['LSTM 16×2', anLstm(74, [16, 2]), -85, -20],
    ['LSTM 3×1 with a state', anLstm(76, [3, 1], true), -85, -20],
  ] as const)('%s', async (...[, file, fast, exact]) => {
    const model = parseNam(namBytes(file));
    const { y } = await play({ text: JSON.stringify(file), x });
    expect(dbfs(y)).toBeGreaterThan(-50);
    expect(relativeDb(y, renderOracle(prepareOracle(model, fastTanh), x))).toBeLessThanOrEqual(fast);
    expect(relativeDb(y, renderOracle(prepareOracle(model), x))).toBeLessThanOrEqual(exact);
  });
});

test('the peer is JavaScript and WebAssembly: nothing native is built or called', () => {
  const folder = dirname(require.resolve('@opendaw/nam-wasm/nam.wasm'));
  const kinds = new Set(readdirSync(folder).map((name) => extname(name)));
  expect([...kinds].toSorted()).toEqual(['.js', '.map', '.ts', '.wasm']);
});

describe('the compatibility engine', () => {
  test('says what it is', async () => {
    const { id, tanh } = await play({ text: gated.text, x });
    expect({ id, tanh }).toEqual({ id: compatEngineId(), tanh: 'fast' });
    expect(id).toMatch(/^compat:[0-9a-f]{64}:1$/);
  });
  test('plays all of a signal that is no multiple of its buffer, and tells how far it is', async () => {
    const { y, told } = await play({ text: gated.text, x: x.subarray(0, 1300) });
    expect([y.length, told]).toEqual([1300, [512, 1024, 1300]]);
    expect(y.subarray(1250).every((v) => Number.isFinite(v) && v !== 0)).toBe(true);
  });
  test('starts every render afresh, in this thread and in another', async () => {
    const other = start();
    const renders = [await play({ text: gated.text, x }), await play({ text: gated.text, x })];
    renders.push(await play({ text: gated.text, x }, other));
    await other.terminate();
    expect(renders[1]?.y).toEqual(renders[0]?.y);
    expect(renders[2]?.y).toEqual(renders[0]?.y);
  });
  test('stops when it is told to', async () => {
    const { refused, told } = await play({ text: gated.text, x, stopAt: 2 });
    expect([refused, told]).toEqual(['AbortError', [512, 1024]]);
  });
  test('refuses with a code what the package throws numbers at, and plays on', async () => {
    for (const text of ['{', '{}', '{"version":"0.5.4","architecture":"Abacus","config":{},"weights":[]}'])
      expect(await play({ text, x })).toMatchObject({ refused: 'nam.schema', kind: 'rule-violated' });
    expect((await play({ text: gated.text, x })).y.length).toBe(x.length);
  });
  test('takes an output that is its input for a crash', async () => {
    const through = { channels: 1, dilations: [1], kernelSizes: 1, outputs: 1 };
    const file = aWaveNet(1, [{ ...through, activation: { type: 'PReLU', negative_slope: 1 } }]);
    const weights = [1, 0, 0, 1, 0, 0, 1, 1];
    const { text } = parseNam(namBytes({ ...file, weights })) as ForeignModel;
    expect(await play({ text, x })).toMatchObject({ refused: 'engine.crash', kind: 'unavailable' });
    expect((await play({ text, x: new Float32Array(600) })).y).toEqual(new Float32Array(600));
  });
  test('plays at the rate of the model', async () => {
    const model = parseNam(namBytes({ ...aForeignWaveNet({ gated: true }, 274), sample_rate: 96_000 })) as ForeignModel;
    expect(JSON.parse(model.text)).toMatchObject({ sample_rate: 96_000 });
    const { y } = await play({ text: model.text, sampleRate: 96_000, x });
    expect(y).toEqual((await play({ text: gated.text, x })).y);
  });
});

describe('the count of weights that is checked is the one that the package wants', () => {
  const film = { active: true, shift: true, groups: 1 };
  const parts: readonly object[] = [
    { gated: true },
    { gating_mode: 'blended', secondary_activation: 'Softsign' },
    { gating_mode: ['none', 'gated'], bottleneck: 2 },
    { groups_input: 2, layer1x1: { active: true, groups: 2 } },
    { head1x1: { active: true, out_channels: 2, groups: 1 }, head1x1_post_film: film },
    { layer1x1: { active: false, groups: 1 }, conv_pre_film: film, activation_post_film: { ...film, shift: false } },
    { conv_post_film: film, input_mixin_pre_film: film, input_mixin_post_film: film, activation_pre_film: film },
    { layer1x1_post_film: { ...film, groups: 1 }, gating_mode: 'blended' },
    ...['Hardtanh', 'Fasttanh', 'PReLU', 'Sigmoid', 'SiLU', 'Hardswish', 'LeakyHardtanh', 'Softsign'].map(
      (activation) => ({ activation }),
    ),
  ];
  const countOf = (part: object): number => {
    try {
      parseNam(namBytes(aForeignWaveNet({ ...part }, 0)));
    } catch (error) {
      return (error as { details: { limit: number } }).details.limit;
    }
    return 0;
  };
  test.each(parts)('%j', async (part) => {
    const model: NamModel = foreign(part, countOf(part));
    const { text } = model as ForeignModel;
    expect((await play({ text, x: x.subarray(0, 600) })).y.every(Number.isFinite)).toBe(true);
    const { weights, ...file } = JSON.parse(text) as { weights: number[] };
    for (const wrong of [weights.slice(1), [...weights, 0]])
      expect(await play({ text: JSON.stringify({ ...file, weights: wrong }), x })).toMatchObject({
        refused: 'nam.schema',
      });
  });
});
