import { aTone } from '@gts/testing';
import { analyseTone, loudness, mulberry32, NO_LOUDNESS, toneData, toneDataBytes } from '../index';

const levelling = {
  integratedLufs: -21.23456,
  truePeakDbtp: -3.1,
  samplePeakDbfs: -3.2,
  gainDb: 7.235,
  targetLufs: -14,
  encodedLufs: -14.001,
  encodedTruePeakDbtp: -1.2,
};
const int16Of = (base64: string): Int16Array => new Int16Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);

describe('tone.json', () => {
  test('equal tones have equal bytes, which hold numbers only', () => {
    const x = aTone(96_000);
    const bytes = () => toneDataBytes(toneData(analyseTone(x, 0), levelling, 'Brighter (+100 Hz).'));
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
    const read = JSON.parse(new TextDecoder().decode(bytes())) as Record<string, unknown>;
    expect(read).toMatchObject({
      schemaVersion: 1,
      sampleRate: 48_000,
      frames: 96_000,
      text: 'Brighter (+100 Hz).',
      levelling: { integratedLufs: -21.235 },
      metrics: { rmsDbfs: expect.any(Number) as number },
    });
    expect(Buffer.from((read['waveform'] as { pairs: string }).pairs, 'base64').length).toBe(1800);
    expect(read['ltasDb']).toHaveLength(27);
  });
  test('curves come back as integers of 0.1 LU', () => {
    const x = aTone(240_000);
    const { momentary, shortTerm } = analyseTone(x, null);
    const own = loudness(x);
    expect([int16Of(momentary), int16Of(shortTerm)]).toEqual([own.momentary, own.shortTerm]);
  });
  test('silence is plain JSON too', () => {
    const data = toneData(analyseTone(new Float32Array(48_000), null), levelling, '');
    expect(int16Of(data.momentary)).toEqual(new Int16Array(7).fill(NO_LOUDNESS));
    expect(() => toneDataBytes(data)).not.toThrow();
    expect(data.ltasDb).toEqual(Array.from({ length: 27 }, () => null));
  });
  test('the longest tone fits into 12 KB', () => {
    // 120 s, its tail of 0.3 s and at most 3 s of echo, in values per 100 ms.
    const tenths = 1233;
    const draw = mulberry32(3);
    const noise = Float32Array.from({ length: 48_000 }, () => draw() - 0.5);
    const curve = (span: number) => Buffer.alloc(2 * (tenths - span + 1), 1).toString('base64');
    const longest = { ...analyseTone(noise, 12.34), momentary: curve(4), shortTerm: curve(30) };
    const data = toneData(longest, levelling, 'Brighter (+100 Hz), '.repeat(12));
    expect(toneDataBytes(data).length).toBeLessThanOrEqual(12_000);
  });
});
