import { kernelModule, useMeter } from '../index';
import { createCanvas, fill } from './canvas';
import { asciiOf, glyphOf } from './font';
import { outlineOf } from './plots';
import { spectrogramOf } from './spectrogram';
import { fitted, textWidth, wrapped, write } from './text';

beforeAll(() => useMeter(kernelModule));

const inkOf = (letter: string): number => {
  const canvas = createCanvas(64, 64, 0);
  write(canvas, letter, { x: 0, y: 0, scale: 8, colour: 0xffffff });
  return canvas.bytes.reduce((sum, byte) => sum + byte, 0);
};

describe('the font', () => {
  test('has a shape of its own for every printable ASCII letter', () => {
    const letters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    expect(new Set(letters.map((letter) => glyphOf(letter).join())).size).toBe(95);
    expect(letters.filter((letter) => letter !== ' ' && inkOf(letter) === 0)).toEqual([]);
  });
  test('drops accents, makes dashes and quotes plain, and writes ? for the rest', () => {
    expect(asciiOf('Café – “hot”\n日本 Mötley ♯')).toBe('Cafe - "hot" ?? Motley ?');
  });
  test('covers the same share of a pixel at every size', () => {
    const areas = [2, 3, 5, 8].map((scale) => {
      const canvas = createCanvas(64, 64, 0);
      write(canvas, 'B', { x: 0, y: 0, scale, colour: 0xffffff });
      return canvas.bytes.reduce((sum, byte) => sum + byte, 0) / scale ** 2;
    });
    const largest = areas[3] ?? 0;
    for (const area of areas) expect(Math.abs(area / largest - 1)).toBeLessThan(0.05);
  });
});

describe('text', () => {
  const type = { scale: 2 };
  test('that is too wide ends in dots and fits', () => {
    const cut = fitted('A name that is far too long', type, 100);
    expect(cut).toMatch(/^A name.*\.\.\.$/);
    expect(textWidth(cut, type)).toBeLessThanOrEqual(100);
    expect(fitted('short', type, 100)).toBe('short');
  });
  test('is broken at spaces and cut in its last line', () => {
    const lines = wrapped('one two three four five six', type, { width: 80, lines: 2 });
    expect(lines).toEqual(['one two', expect.stringMatching(/^three.*\.\.\.$/)]);
    expect(wrapped('one', type, { width: 80, lines: 2 })).toEqual(['one']);
  });
  test('beyond the edge is left out', () => {
    const canvas = createCanvas(10, 10, 0x102030);
    write(canvas, 'WWW', { x: -5, y: -3, scale: 8, colour: 0xffffff });
    fill(canvas, { x: -10, y: 8, width: 100, height: 100 }, 0xff0000);
    expect([...canvas.bytes.subarray(9 * 31, 9 * 31 + 4)]).toEqual([0, 255, 0, 0]);
  });
});

describe('plots', () => {
  test('a full-scale sine is brightest in its own row of the spectrogram', () => {
    for (const frequency of [100, 1000, 10_000]) {
      const x = Float32Array.from({ length: 48_000 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / 48_000));
      const { levels, rows } = spectrogramOf(x, 11, 300);
      const column = Array.from(levels.subarray(5 * rows, 6 * rows));
      const brightest = column.indexOf(Math.max(...column));
      const expected = (1 - Math.log(frequency / 20) / Math.log(1000)) * rows;
      expect(Math.abs(brightest - expected)).toBeLessThan(frequency === 100 ? 12 : 3);
      expect(column[brightest]).toBeGreaterThan(248);
    }
  });
  test('both halves of a shared transform keep to their own columns', () => {
    const x = new Float32Array(48_000);
    for (let i = 0; i < 24_000; i++) x[i] = 0.5 * Math.sin(0.13 * i);
    const { levels, rows } = spectrogramOf(x, 20, 100);
    const loudest = Array.from({ length: 20 }, (_, c) => Math.max(...levels.subarray(c * rows, (c + 1) * rows)));
    expect(loudest.slice(0, 9).every((level) => level > 200)).toBe(true);
    expect(loudest.slice(11).every((level) => level === 0)).toBe(true);
  });
  test('silence and less than a frame have a spectrogram too', () => {
    expect(Math.max(...spectrogramOf(new Float32Array(100), 3, 10).levels)).toBe(0);
  });
  test('an outline has the extremes of each column', () => {
    const x = Float32Array.of(0.5, -0.25, 0, 0, -1, 0.25);
    expect([...outlineOf(x, 3, (column) => [2 * column, 2 * column + 2])]).toEqual([-32, 64, 0, 0, -127, 32]);
    expect([...outlineOf(new Float32Array(2), 1, () => [0, 2])]).toEqual([0, 0]);
  });
});
