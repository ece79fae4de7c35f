import { dirname, join } from 'node:path';
import { anLstm, aWaveNet, loadWithoutNode, namBytes, publishedShapes, seeded } from '@gts/testing';
import * as node from './index';

const libs = join(__dirname, '..', '..');
const { exports, files } = loadWithoutNode(join(__dirname, '..', 'dist', 'browser.js'), {
  names: /^\.|^@gts\/(kernel|audio\/browser)$|^(fft\.js|zod)$/,
  built: {
    '@gts/kernel': join(libs, 'kernel/dist/index.js'),
    '@gts/audio/browser': join(libs, 'audio/dist/browser.js'),
  },
});
const browser = exports as unknown as typeof node;

test('the browser entry reaches nothing of Node', () => {
  expect(files.length).toBeGreaterThan(30);
  const foreign = files.map(dirname).filter((dir) => !/libs\/(nam|audio|kernel)\/dist|fft\.js|zod/.test(dir));
  expect(foreign).toEqual([]);
});

test('it has every export but the oracle, the compatibility engine and what reads files', () => {
  const missing = Object.keys(node).filter((name) => !(name in exports));
  expect(missing.sort()).toEqual([
    'ORACLE_VERSION',
    'compatEngineId',
    'loadKernel',
    'loadOwnEngine',
    'openAmp',
    'openCompatEngine',
    'oracleEngine',
    'oracleEngineId',
    'prepareOracle',
    'readForOracle',
    'renderOracle',
  ]);
});

const draw = seeded(11);
const signal = Float32Array.from({ length: 30_000 }, () => 0.6 * draw() - 0.3);
/** One capture at 48 kHz through both entries, in one go and in steps. */
function played(nam: typeof node, bytes: Uint8Array): Readonly<{ whole: Float32Array; stepped: Float32Array }> {
  const model = nam.parseNam(bytes);
  const own = nam.createOwnEngine(node.loadKernel());
  const plan = own.prepare(model);
  const { sampleRate } = model;
  const amp = nam.ampOf(own, model);
  const steps = nam.captureSteps({ sampleRate, steps: (x) => own.steps(plan, x) }, signal);
  let next = steps.next();
  for (let before = 0; !next.done; next = steps.next()) {
    expect(next.value).toBeGreaterThanOrEqual(before);
    before = next.value;
  }
  return { whole: nam.renderCapture(amp, signal), stepped: next.value };
}
const bits = (x: Float32Array) => Buffer.from(x.buffer, x.byteOffset, x.byteLength);

test.each([
  ['WaveNet', aWaveNet(3, publishedShapes['A1 nano'])],
  ['WaveNet of 44.1 kHz', { ...aWaveNet(3, publishedShapes['A1 nano']), sample_rate: 44_100 }],
  ['LSTM', anLstm(4, [16, 2])],
])('a %s has the bytes that Node renders, in one go and in steps', (_, file) => {
  const bytes = namBytes(file);
  const [there, here] = [played(browser, bytes), played(node, bytes)];
  for (const other of [there.whole, there.stepped, here.stepped])
    expect(Buffer.compare(bits(other), bits(here.whole))).toBe(0);
});

test('a bad file has its code there as well', () => {
  expect(() => browser.parseNam(new TextEncoder().encode('{}'))).toThrow(
    expect.objectContaining({ code: 'nam.schema' }),
  );
});
