import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { aTone } from '@gts/testing';
import { kernelModule } from './meter/node-meter';
import * as node from './index';

type Exports = Record<string, unknown>;
const built = join(__dirname, '..', 'dist', 'browser.js');
const kernel = join(__dirname, '..', '..', 'kernel', 'dist', 'index.js');

/** What every browser has and the language itself has not. */
const platform = { WebAssembly, TextEncoder, TextDecoder, btoa, atob };

/** Runs built modules in a world without Node: no process, no Buffer, no module but those of npm that are pure. */
function load(entry: string): Readonly<{ exports: Exports; files: readonly string[] }> {
  const world = createContext(platform);
  const loaded = new Map<string, { exports: Exports }>();
  const get = (file: string): Exports => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const found = createRequire(file);
    const need = (name: string): Exports => {
      if (!/^\.|^@gts\/kernel$|^fft\.js$/.test(name)) throw new Error(`${file} needs ${name}`);
      // Jest would answer with the source, which is no JavaScript yet.
      return get(name === '@gts/kernel' ? kernel : found.resolve(name));
    };
    const wrapped = `(function (exports, require, module) {${readFileSync(file, 'utf8')}\n})`;
    const run = runInContext(wrapped, world, { filename: file }) as (...args: unknown[]) => void;
    run(module.exports, need, module);
    return module.exports;
  };
  return { exports: get(entry), files: [...loaded.keys()] };
}

/** Stages 1 to 9 on one recording. */
function render(audio: typeof node): Readonly<{ listening: Uint8Array; measured: unknown; tone: Uint8Array }> {
  const wav = audio.writeWav24(audio.quantise24(aTone(66_150, 196, 44_100)), 44_100);
  const { samples } = audio.acceptDiWav(wav);
  const di = audio.prepare(samples, { inputGainDb: 3 }).samples;
  const cab = audio.convolve(di, audio.prepareIr(aTone(4800, 900)));
  const played = audio.applyEffect(cab, { effect: 'eq3', params: { lowGainDb: 3 } });
  const framed = audio.frame(played, audio.commonLength([played.length], di.length));
  const measured = audio.measure(framed);
  const levelled = audio.applyGain(framed, audio.level([measured]).gainsDb[0] ?? 0);
  const analysis = audio.analyseTone(levelled, audio.onsetOf(di));
  return {
    listening: new Uint8Array(audio.quantise16(levelled).buffer),
    measured,
    tone: new TextEncoder().encode(JSON.stringify(analysis)),
  };
}

describe('the browser entry', () => {
  const { exports, files } = load(built);
  test('reaches nothing of Node', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.map(dirname).filter((folder) => !/libs\/(audio|kernel)\/dist|fft\.js/.test(folder))).toEqual([]);
  });
  test('has every export but keys, hashes, the loader and pictures', () => {
    const missing = Object.keys(node).filter((name) => !(name in exports));
    expect(missing.sort()).toEqual([
      'NODE_MAJOR',
      'audioEngine',
      'builtKernel',
      'kernelModule',
      'meterEngine',
      'montageTimeline',
      'piecePicture',
      'sha256',
      'sharePicture',
      'stageKey',
      'toneSpectrogram',
    ]);
  });
  test('says what to do when nobody gave it a meter', () => {
    const audio = load(built).exports as unknown as typeof node;
    expect(() => audio.truePeak(new Float32Array(10))).toThrow('useMeter');
  });
  test('renders the bytes that Node renders', () => {
    const audio = exports as unknown as typeof node;
    audio.useMeter(kernelModule);
    const [own, other] = [render(audio), render(node)];
    expect(Buffer.compare(own.listening, other.listening)).toBe(0);
    expect(Buffer.compare(own.tone, other.tone)).toBe(0);
    expect({ ...(own.measured as object) }).toEqual(other.measured);
  });
});
