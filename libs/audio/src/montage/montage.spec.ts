import fc from 'fast-check';
import { chapterMetadata, chaptersOf, chapterText, montage, pieceOf, planMontage, SAMPLE_RATE, TENTH } from '../index';

const SECOND = SAMPLE_RATE;
const order = (tones: number, seconds: number, windowMs: number | null) =>
  planMontage(tones, seconds * SECOND, windowMs).map(({ tone, from, start, frames }) => [
    tone,
    from / SECOND,
    start / SECOND,
    Math.round((10 * frames) / SECOND) / 10,
  ]);

describe('the plan of a montage', () => {
  test('without a window each tone plays whole', () => {
    expect(order(3, 2, null)).toEqual([
      [0, 0, 0, 2],
      [1, 0, 2, 2],
      [2, 0, 4, 2],
    ]);
  });
  test('with a window each stretch goes through all tones', () => {
    expect(order(2, 9, 3000)).toEqual([
      [0, 0, 0, 3],
      [1, 0, 3, 3],
      [0, 3, 6, 3],
      [1, 3, 9, 3],
      [0, 6, 12, 3],
      [1, 6, 15, 3],
    ]);
  });
  test('a rest of less than 3 s joins the last window, a longer one is a window of its own', () => {
    expect(order(1, 10.3, 5000).map(([, , , frames]) => frames)).toEqual([5, 5.3]);
    expect(order(1, 13.5, 5000).map(([, , , frames]) => frames)).toEqual([5, 5, 3.5]);
    expect(order(2, 2, 10_000).map(([, , , frames]) => frames)).toEqual([2, 2]);
  });
  test('ends within 10 min, with whole rounds', () => {
    const rounds = planMontage(16, 123 * SECOND, 10_000);
    expect(rounds.length).toBe(48);
    expect(order(16, 123, null).at(-1)).toEqual([15, 0, 562.5, 37.5]);
  });
  test('pieces join without gap on the grid of 100 ms, no tone is heard more than another', () => {
    const plans = fc.record({
      tones: fc.integer({ min: 1, max: 16 }),
      tenths: fc.integer({ min: 1, max: 1300 }),
      windowMs: fc.option(fc.integer({ min: 30, max: 100 }).map((n) => 100 * n)),
    });
    fc.assert(
      fc.property(plans, ({ tones, tenths, windowMs }) => {
        const pieces = planMontage(tones, tenths * TENTH, windowMs);
        let end = 0;
        const heard = new Map<number, number>();
        for (const { tone, from, start, frames } of pieces) {
          expect([start, start % TENTH, frames % TENTH]).toEqual([end, 0, 0]);
          expect(from + frames).toBeLessThanOrEqual(tenths * TENTH);
          end = start + frames;
          heard.set(tone, (heard.get(tone) ?? 0) + frames);
        }
        expect([new Set(heard.values()).size, heard.size]).toEqual([1, tones]);
        expect(end).toBeLessThanOrEqual(600 * SECOND);
      }),
    );
  });
});

describe('the sound of a montage', () => {
  const tone = (value: number, seconds: number) => new Float32Array(seconds * SECOND).fill(value);
  test('is each tone at its place, faded over 10 ms on both sides of a cut and nowhere else', () => {
    const { samples, pieces } = montage([tone(0.25, 9), tone(-0.5, 9)], { windowMs: 3000 });
    expect([samples.length, pieces.length]).toEqual([18 * SECOND, 6]);
    const cut = 3 * SECOND;
    expect([samples[0], samples[cut - 481], samples[cut + 480], samples.at(-1)]).toEqual([0.25, 0.25, -0.5, -0.5]);
    expect([samples[cut - 240], samples[cut + 240]]).toEqual([expect.closeTo(0.125, 2), expect.closeTo(-0.25, 2)]);
    expect([samples[cut - 1], samples[cut]]).toEqual([expect.closeTo(0, 4), expect.closeTo(0, 4)]);
  });
  test('comes out the same piece by piece, and the tones stay untouched', () => {
    const tones = [tone(0.25, 4), tone(-0.5, 4)];
    const { samples, pieces } = montage(tones, { windowMs: null });
    pieces.forEach((piece, i) => {
      const part = pieceOf(tones[piece.tone] ?? new Float32Array(), piece, i === pieces.length - 1);
      expect(part).toEqual(samples.slice(piece.start, piece.start + piece.frames));
    });
    expect(tones[0]?.at(-1)).toBe(0.25);
  });
});

describe('chapters', () => {
  const chapters = chaptersOf(planMontage(2, 30.3 * SECOND, null), ['Plexi', 'JCM = 800; #2 \\ "hot"\nbright']);
  test('start where their pieces start', () => {
    expect(chapters.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 30_300],
      [30_300, 60_600],
    ]);
  });
  test('are escaped for ffmpeg', () => {
    expect(chapterMetadata(chapters)).toBe(
      [
        ';FFMETADATA1',
        '[CHAPTER]',
        'TIMEBASE=1/1000',
        'START=0',
        'END=30300',
        'title=Plexi',
        '[CHAPTER]',
        'TIMEBASE=1/1000',
        'START=30300',
        'END=60600',
        'title=JCM \\= 800\\; \\#2 \\\\ "hot"\\\nbright',
        '',
      ].join('\n'),
    );
  });
  test('are one line each as text', () => {
    expect(chapterText(chapters)).toBe('0:00 Plexi\n0:30 JCM = 800; #2 \\ "hot" bright\n');
    expect(chapterText([{ label: 'Last', startMs: 599_900, endMs: 600_000 }])).toBe('10:00 Last\n');
  });
});
