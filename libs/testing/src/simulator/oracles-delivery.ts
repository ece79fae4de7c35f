import { DEAD_LETTER_STREAM } from '@gts/contracts';
import { deadLetterRows } from '@gts/messaging';
import { documentsOf, messagesOf, unsettled } from './evidence';
import { copyRows, type RunCopy } from './toy-rows';
import type { Simulation } from './simulation';

const counted = (ids: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
};

/** I1: what was committed is in the streams, once, and nothing else is. */
function published(simulation: Simulation): string[] {
  const rows = Object.values(simulation.processes).flatMap(({ rows: store }) => store.rows);
  const own = rows.filter(({ stream }) => stream !== DEAD_LETTER_STREAM);
  const streamed = counted(messagesOf(simulation).map(({ envelope }) => envelope.id));
  const missing = own
    .filter(({ id }) => !streamed.has(id))
    .map(({ id }) => `I1: ${id} was committed and never published`);
  const ids = new Set<string>(own.map(({ id }) => id));
  const wrong = [...streamed].flatMap(([id, times]) => [
    ...(times > 1 ? [`I1: ${id} is in the streams ${times} times`] : []),
    ...(ids.has(id) ? [] : [`I1: ${id} was never committed`]),
  ]);
  return [...missing, ...wrong];
}

/** I3: an aggregate's events come first in order of their versions, gap-free. */
function inOrder(simulation: Simulation): string[] {
  const last = new Map<string, number>();
  const broken: string[] = [];
  for (const { envelope } of messagesOf(simulation)) {
    const { aggregate } = envelope;
    if (!aggregate) continue;
    const key = `${aggregate.type}/${aggregate.id}`;
    const before = last.get(key) ?? 0;
    if (aggregate.version > before + 1) broken.push(`I3: ${key} came as ${aggregate.version} after ${before}`);
    last.set(key, Math.max(before, aggregate.version));
  }
  return broken;
}

const runEvents = (simulation: Simulation) =>
  messagesOf(simulation)
    .map(({ envelope }) => envelope)
    .filter(({ aggregate }) => aggregate?.type === 'Run')
    .toSorted((a, b) => (a.aggregate?.version ?? 0) - (b.aggregate?.version ?? 0));

/** The projection of a run, made from nothing. */
function rebuilt(simulation: Simulation): ReadonlyMap<string, RunCopy> {
  const copies = new Map<string, RunCopy>();
  for (const { type, data, aggregate } of runEvents(simulation)) {
    const { runId, note } = data as { runId: string; note?: number };
    const copy = copies.get(runId) ?? { runId, notes: 0, cancelled: false, versions: [] };
    if (copy.versions.includes(aggregate?.version ?? 0)) continue;
    copies.set(runId, {
      runId,
      notes: note ?? copy.notes,
      cancelled: copy.cancelled || type.endsWith('RunCancelRequested'),
      versions: [...copy.versions, aggregate?.version ?? 0],
    });
  }
  return copies;
}

/** I3, I4: versions applied one after another, and the projection equals one made from nothing. */
async function projected(simulation: Simulation): Promise<string[]> {
  const live = await documentsOf(simulation.processes['gear-catalog'], copyRows);
  const wanted = rebuilt(simulation);
  const broken: string[] = [];
  for (const { meta: _meta, ...copy } of live) {
    if (copy.versions.some((version, at) => version !== at + 1))
      broken.push(`I3: '${copy.runId}' was applied as ${copy.versions.join(' ')}`);
    if (JSON.stringify(copy) !== JSON.stringify(ordered(wanted.get(copy.runId), copy)))
      broken.push(`I4: the copy of '${copy.runId}' is not what its events say`);
  }
  if (live.length !== wanted.size) broken.push(`I4: ${live.length} copies of ${wanted.size} runs`);
  return broken;
}

/** The same keys in the same order, so that texts compare. */
const ordered = (wanted: RunCopy | undefined, like: RunCopy): object =>
  Object.fromEntries(Object.keys(like).map((key) => [key, wanted?.[key as keyof RunCopy]]));

/** Keys of messages that a service parked, by consumer and message id. */
export async function parkedIn(simulation: Simulation): Promise<ReadonlySet<string>> {
  const letters = await Promise.all(
    Object.values(simulation.processes).map((each) => documentsOf(each, deadLetterRows)),
  );
  return new Set(letters.flat().map(({ consumer, messageId }) => `${consumer}:${messageId}`));
}

/** Nothing may stay open once faults have ended. */
const atRest = async (simulation: Simulation): Promise<string[]> =>
  simulation.quiet ? [] : [`I6: never at rest, ${await unsettled(simulation)} messages unsettled`];

export const deliveryOracles = async (simulation: Simulation): Promise<readonly string[]> => [
  ...published(simulation),
  ...inOrder(simulation),
  ...(await projected(simulation)),
  ...(await atRest(simulation)),
];
