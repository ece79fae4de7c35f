import { anId } from '@gts/testing';
import { diFindings, toneFindings } from './findings';

const tones = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: anId<'ToneSelection'>(n),
    signalChainId: anId<'SignalChain'>(n),
    position: n,
    label: `Tone ${n}`,
  }));
const judge = (count: number, durationMs: number) =>
  diFindings({ selections: tones(count) }, { ready: true, durationMs });

test.each([
  [16, 30_000],
  [8, 60_000],
  [4, 120_000],
])('%i tones of %i ms are within the budget', (count, durationMs) => {
  expect(judge(count, durationMs)).toEqual([]);
});

test.each([
  [16, 30_001, 15],
  [9, 60_000, 8],
  [5, 120_000, 4],
])('%i tones of %i ms are too much, and the most possible is told: %i', (count, durationMs, limit) => {
  expect(judge(count, durationMs)).toEqual([
    expect.objectContaining({ code: 'render-budget-exceeded', pointer: '/selections', limit }),
  ]);
});

test.each([
  [5000, 5000],
  [6000, 5000],
  [0, 999],
  [9500, 10_001],
])('an excerpt from %i to %i of 10 s is invalid', (startMs, endMs) => {
  const found = diFindings({ selections: tones(2), excerpt: { startMs, endMs } }, { ready: true, durationMs: 10_000 });
  expect(found.map(({ code }) => code)).toEqual(['excerpt-invalid']);
});

test('the excerpt counts for the budget, not the recording', () => {
  const excerpt = { startMs: 0, endMs: 30_000 };
  expect(diFindings({ selections: tones(16), excerpt }, { ready: true, durationMs: 120_000 })).toEqual([]);
});

test('a recording that is missing or not ready is named', () => {
  expect(diFindings({ selections: tones(2) }, undefined).map(({ code }) => code)).toEqual(['di-unknown']);
  const waiting = { ready: false, durationMs: 0 };
  expect(diFindings({ selections: tones(2) }, waiting).map(({ code }) => code)).toEqual(['di-not-ready']);
});

test.each([
  [1, 2],
  [17, 16],
])('%i tones are refused with the limit %i', (count, limit) => {
  expect(toneFindings(tones(count))).toEqual([expect.objectContaining({ code: 'tone-count', limit })]);
});
