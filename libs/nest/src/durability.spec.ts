import type { Durability } from '@gts/messaging';
import { untilDurable } from './durability';
import { readiness } from './ops-server';

function setUp(demanded: 'strict' | 'relaxed', levels: Durability[]) {
  const state = readiness([]);
  const waits: unknown[] = [];
  const gauges = new Map<string, number>();
  const lines: object[] = [];
  const done = untilDurable({
    demanded,
    ask: () => Promise.resolve(levels.shift() ?? 'strict'),
    readiness: state,
    log: { info: (fields) => void lines.push(fields) },
    metrics: { gauge: (_name, value, labels) => void gauges.set(String(labels?.['level']), value) },
    wait: (ms) => Promise.resolve(void waits.push([ms, state.report().missing['durability']])),
  });
  return { done, state, waits, gauges, lines };
}

test.each([
  ['relaxed', /^relaxed: a power cut may take/],
  ['unknown', /^unknown: .*NATS_MONITOR_URLS/],
] as const)('%s where that is allowed: ready, with a warning, one line and the number', async (level, text) => {
  const { done, state, waits, gauges, lines } = setUp('relaxed', [level]);
  await done;
  expect(state.report()).toMatchObject({ ready: true, missing: {} });
  expect(state.report().warnings['durability']).toMatch(text);
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
  expect(state.report()).toEqual({ ready: true, missing: {}, warnings: {} });
  expect(lines).toHaveLength(3);
});
