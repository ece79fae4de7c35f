/** One unfinished run, of any workspace. */
export type QueueRow = Readonly<{
  runId: string;
  tenantId: string;
  shootoutId: string;
  tones: number;
  acceptedAt: string;
  startedAt: string | null;
}>;
export type Limits = Readonly<{ perTenant: number; total: number }>;

const count = <T>(values: readonly T[], value: T): number => values.filter((each) => each === value).length;

/** The waiting rows in the order in which they start: round robin over workspaces, oldest first within one. */
export function startOrder(rows: readonly QueueRow[]): readonly QueueRow[] {
  const waiting = rows.filter(({ startedAt }) => startedAt === null).toSorted(byAge);
  const served = rows.filter(({ startedAt }) => startedAt !== null).map(({ tenantId }) => tenantId);
  const order: QueueRow[] = [];
  for (let left = waiting; left.length > 0; left = left.filter((row) => row !== order.at(-1))) {
    const turn = (row: QueueRow) => count(served, row.tenantId);
    const [first, ...others] = left;
    const next = others.reduce((best, row) => (best && turn(row) < turn(best) ? row : best), first);
    if (!next) break;
    order.push(next);
    served.push(next.tenantId);
  }
  return order;
}

const byAge = (a: QueueRow, b: QueueRow): number =>
  a.acceptedAt === b.acceptedAt ? (a.runId < b.runId ? -1 : 1) : a.acceptedAt < b.acceptedAt ? -1 : 1;

/** The runs that may start now. */
export function toStart(rows: readonly QueueRow[], { perTenant, total }: Limits): readonly QueueRow[] {
  const running = rows.filter(({ startedAt }) => startedAt !== null).map(({ tenantId }) => tenantId);
  const chosen: QueueRow[] = [];
  for (const row of startOrder(rows)) {
    if (running.length >= total) break;
    if (count(running, row.tenantId) >= perTenant) continue;
    running.push(row.tenantId);
    chosen.push(row);
  }
  return chosen;
}

/** 0: running; n: n-th to start; null: not in the queue. */
export function positionOf(rows: readonly QueueRow[], runId: string): number | null {
  if (rows.some((row) => row.runId === runId && row.startedAt !== null)) return 0;
  const at = startOrder(rows).findIndex((row) => row.runId === runId);
  return at < 0 ? null : at + 1;
}
