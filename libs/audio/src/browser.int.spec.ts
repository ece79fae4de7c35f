import { dirname, join } from 'node:path';
import { aTone, loadWithoutNode } from '@gts/testing';
import { kernelModule } from './meter/node-meter';
import * as node from './index';

const load = () =>
  loadWithoutNode(join(__dirname, '..', 'dist', 'browser.js'), {
    names: /^\.|^@gts\/kernel$|^fft\.js$/,
    built: { '@gts/kernel': join(__dirname, '..', '..', 'kernel', 'dist', 'index.js') },
  });

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
  const { exports, files } = load();
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
      'readFlac16',
      'sha256',
      'sharePicture',
      'stageKey',
      'toneSpectrogram',
    ]);
  });
  test('says what to do when nobody gave it a meter', () => {
    const audio = load().exports as unknown as typeof node;
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
