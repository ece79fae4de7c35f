import type { Durability } from '@gts/messaging';
import { manualClock } from '@gts/testing';
import { untilDurable } from './durability';
import { readiness } from './readiness';

function setUp(demanded: 'strict' | 'relaxed', levels: Durability[]) {
  const state = readiness([], { version: '1.0.0', clock: manualClock() });
  const waits: unknown[] = [];
  const gauges = new Map<string, number>();
  const lines: object[] = [];
  const done = untilDurable({
    demanded,
    ask: () => Promise.resolve(levels.shift() ?? 'strict'),
    readiness: state,
    log: { info: (fields) => void lines.push(fields) },
    metrics: { gauge: (_name, value, labels) => void gauges.set(String(labels?.['level']), value) },
    wait: (ms) =>
      Promise.resolve(
        void waits.push([
          ms,
          state
            .report()
            .missing.map(({ why, next }) => `${why}; ${next}`)
            .join(),
        ]),
      ),
  });
  return { done, state, waits, gauges, lines };
}

test.each([
  ['relaxed', /^relaxed: a power cut may take/],
  ['unknown', /^unknown: a monitor/],
] as const)('%s where that is allowed: ready, with a warning, one line and the number', async (level, text) => {
  const { done, state, waits, gauges, lines } = setUp('relaxed', [level]);
  await done;
  expect(state.report()).toMatchObject({ status: 'ready', durability: level, missing: [{ what: 'durability' }] });
  expect(state.report().missing[0]?.why).toMatch(text);
  expect([waits, gauges.get(level), gauges.get('strict'), lines.length]).toEqual([[], 1, 0, 1]);
});

test('strict where it is demanded: not ready until it is, asked every 10 s, then without a warning', async () => {
  const { done, state, waits, lines } = setUp('strict', ['unknown', 'relaxed', 'relaxed', 'strict']);
  await done;
  expect(waits).toEqual([
    [10_000, expect.stringMatching(/^unknown: /)],
    [10_000, expect.stringMatching(/^relaxed: .*DURABILITY=strict/)],
    [10_000, expect.stringMatching(/^relaxed: /)],
  ]);
  expect(state.report()).toMatchObject({ status: 'ready', durability: 'strict', missing: [] });
  expect(lines).toHaveLength(3);
});
