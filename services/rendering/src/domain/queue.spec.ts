import fc from 'fast-check';
import { positionOf, type QueueRow, startOrder, toStart } from './queue';

const row = (tenantId: string, at: number, startedAt: string | null = null): QueueRow => ({
  runId: `${tenantId}${at}`,
  tenantId,
  shootoutId: 's',
  tones: 2,
  acceptedAt: `2026-01-01T00:00:${String(at).padStart(2, '0')}.000Z`,
  startedAt,
});
const ids = (rows: readonly QueueRow[]) => rows.map(({ runId }) => runId);

test('is a round robin over workspaces, oldest first within one', () => {
  const rows = [row('a', 1), row('a', 2), row('a', 3), row('b', 4), row('c', 5), row('b', 6)];
  expect(ids(startOrder(rows))).toEqual(['a1', 'b4', 'c5', 'a2', 'b6', 'a3']);
});
test('a workspace that runs already waits behind one that does not', () => {
  expect(ids(startOrder([row('a', 0, 'now'), row('a', 1), row('b', 9)]))).toEqual(['b9', 'a1']);
});
test('starts at most two of one workspace and no more than there is room for', () => {
  const rows = [row('a', 1), row('a', 2), row('a', 3), row('b', 4)];
  expect(ids(toStart(rows, { perTenant: 2, total: 4 }))).toEqual(['a1', 'b4', 'a2']);
  expect(ids(toStart(rows, { perTenant: 2, total: 1 }))).toEqual(['a1']);
});
test('tells the place: 0 running, n-th to start, null unknown', () => {
  const rows = [row('a', 0, 'now'), row('a', 1), row('b', 2)];
  expect(['a0', 'b2', 'a1', 'x'].map((runId) => positionOf(rows, runId))).toEqual([0, 1, 2, null]);
});
test('never starves or overfills, whatever waits', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat({ max: 59 })), {
    maxLength: 30,
    selector: ([, at]) => at,
  });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 6 }), (list, total) => {
      const all = list.map(([tenant, at]) => row(tenant, at));
      const started = toStart(all, { perTenant: 2, total });
      expect(startOrder(all)).toHaveLength(all.length);
      expect(started.length).toBeLessThanOrEqual(total);
      const tenants = new Set(all.map(({ tenantId }) => tenantId));
      for (const each of tenants)
        expect(started.filter(({ tenantId }) => tenantId === each).length).toBeLessThanOrEqual(2);
      // A place stays empty only when nobody may take it.
      const possible = [...tenants].reduce(
        (sum, each) => sum + Math.min(2, all.filter((r) => r.tenantId === each).length),
        0,
      );
      expect(started.length).toBe(Math.min(total, possible));
    }),
  );
});
