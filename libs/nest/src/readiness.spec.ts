import { manualClock } from '@gts/testing';
import { readiness, serves } from './readiness';

const setUp = (parts: readonly string[]) => {
  const clock = manualClock();
  return { clock, state: readiness(parts, { version: '1.2.3', clock }) };
};

test('starts without what it needs, and is ready once all of it is there', () => {
  const { state } = setUp(['broker', 'store']);
  expect(state.report()).toMatchObject({ status: 'starting', version: '1.2.3', missing: [{}, {}] });
  state.set('broker', undefined);
  expect(state.report().missing.map(({ what }) => what)).toEqual(['store']);
  state.set('store', undefined);
  expect(state.report()).toMatchObject({ status: 'ready', missing: [] });
});

test('says since when, and what to do next', () => {
  const { clock, state } = setUp([]);
  const since = clock.now();
  state.set('topology', 'EVT_X: stream is missing; gts topology apply');
  clock.advance(5000);
  state.set('topology', 'EVT_Y: stream is missing; gts topology apply; then wait');
  expect(state.report().missing).toEqual([
    { what: 'topology', why: 'EVT_Y: stream is missing', since, next: 'gts topology apply; then wait' },
  ]);
});

test('an outage degrades, a relaxed durability is told and degrades nothing', () => {
  const { state } = setUp([]);
  state.durable('relaxed');
  state.warn('durability', 'relaxed: a power cut may take the last seconds; sync_interval: always');
  expect(state.report()).toMatchObject({ status: 'ready', durability: 'relaxed', missing: [{ what: 'durability' }] });
  state.warn('broker', 'degraded: the broker is away');
  expect([state.report().status, serves(state.report())]).toEqual(['degraded', true]);
});

test('draining serves nobody new', () => {
  const { state } = setUp(['start']);
  state.set('draining', 'SIGTERM');
  expect([state.report().status, serves(state.report())]).toEqual(['draining', false]);
});
