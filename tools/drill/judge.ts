// What stores and streams say, held against what people were told (delivery.md §14: I1, I2, I3, I7).
import {
  type Faults,
  type Followed,
  followFaults,
  type Message,
  type Noted,
  type Reading,
  unhandled,
} from './witness.ts';

type Sent = Message & Readonly<{ msgId: string; type: string }>;
/** Everything that is left of a drill. */
export type Evidence = Readonly<{
  messages: readonly Sent[];
  outbox: readonly Readonly<{ headers: string }>[];
  chains: readonly Readonly<{ id: string; name: string }>[];
  shootouts: readonly Readonly<{ id: string; status: string }>[];
  noted: Noted;
}>;
/** What people were told: an id, or nothing where the outcome is unknown. */
export type Ledger = Readonly<{
  chains: ReadonlyMap<string, string | undefined>;
  renders: readonly Readonly<{ shootoutId?: string | undefined; status?: string | undefined }>[];
  followers: readonly Followed[];
  /** By chain: changes that were confirmed, and those that may or may not have happened. */
  edits: ReadonlyMap<string, Readonly<{ confirmed: number; unknown: number }>>;
}>;

function countBy<T>(list: readonly T[], key: (each: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of list) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1);
  return counts;
}
const twice = (counts: ReadonlyMap<string, number>) => [...counts].filter(([, count]) => count > 1).map(([key]) => key);
const aggregateOf = ({ body }: Sent): string => body.aggregate?.id ?? '';

/** Aggregates whose events do not lie in their stream as 1, 2, 3 … */
function outOfOrder(messages: readonly Sent[]): readonly string[] {
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const { stream, body } of messages) {
    if (!stream.startsWith('EVT_') || !body.aggregate) continue;
    const key = `${body.aggregate.type}/${body.aggregate.id}`;
    if (body.aggregate.version !== (last.get(key) ?? 0) + 1) wrong.add(key);
    last.set(key, body.aggregate.version);
  }
  return [...wrong];
}

function chainFaults({ chains, messages }: Evidence, ledger: Ledger): Faults {
  const counts = countBy(chains, ({ name }) => name);
  const ids = new Map(chains.map(({ name, id }) => [name, id]));
  const told = [...ledger.chains].filter(([, id]) => id !== undefined);
  const created = countBy(
    messages.filter(({ type }) => type === 'signal-chains.SignalChainCreated'),
    aggregateOf,
  );
  return {
    lost: [
      ...told.filter(([name, id]) => ids.get(name) !== id).map(([name]) => `chain ${name}`),
      ...chains.filter(({ id }) => !created.has(id)).map(({ id }) => `event of chain ${id}`),
    ],
    repeated: [...twice(counts), ...twice(created)].map((each) => `chain ${each}`),
  };
}

/** A chain that people change: each confirmed change is one event, an unknown one is none or one. */
function editFaults({ messages }: Evidence, { edits }: Ledger): Faults {
  const changes = countBy(
    messages.filter(({ type }) => type === 'signal-chains.SignalChainUpdated'),
    aggregateOf,
  );
  const all = [...edits].map(([id, { confirmed, unknown }]) => {
    const found = changes.get(id) ?? 0;
    return { id, few: found < confirmed, many: found > confirmed + unknown, text: `${found} changes of chain ${id}` };
  });
  return {
    lost: all.filter(({ few }) => few).map(({ text }) => text),
    repeated: all.filter(({ many }) => many).map(({ text }) => text),
  };
}

function renderFaults({ shootouts, messages }: Evidence, ledger: Ledger): Faults {
  const of = (type: string) => messages.filter((each) => each.type === type);
  const finished = countBy(of('shootouts.ShootoutFinalised'), aggregateOf);
  const jobs = countBy(of('rendering.RenderJobCompleted'), aggregateOf);
  const states = new Map(shootouts.map(({ id, status }) => [id, status]));
  const wanted = ledger.renders
    .filter(({ status }) => status !== undefined)
    .flatMap(({ shootoutId }) => (shootoutId === undefined ? [] : [shootoutId]));
  const incomplete = wanted.filter((id) => states.get(id) !== 'COMPLETED' || !finished.has(id));
  return {
    lost: incomplete.map((id) => `render of ${id}: ${states.get(id) ?? 'gone'}`),
    repeated: [...twice(finished), ...twice(jobs)].map((each) => `render of ${each}`),
  };
}

function messageFaults({ messages, outbox }: Evidence): Faults {
  const ids = countBy(messages, ({ msgId }) => msgId);
  const sent = outbox.map(({ headers }) => String((JSON.parse(headers) as Record<string, string>)['Nats-Msg-Id']));
  return { lost: sent.filter((id) => !ids.has(id)).map((id) => `message ${id}`), repeated: twice(ids) };
}

/** Whoever follows a shootout is told every change once; whoever consumes a message leaves a trace of it. */
function readerFaults({ messages, noted }: Evidence, { followers }: Ledger, readings: readonly Reading[]): Faults {
  const all = followers.map((each) => followFaults(each, messages));
  return {
    lost: [...all.flatMap(({ lost }) => lost), ...unhandled(readings, messages, noted)],
    repeated: all.flatMap(({ repeated }) => repeated),
  };
}

/** Effects that are not there, there more than once, or out of order. */
export function faultsIn(evidence: Evidence, ledger: Ledger, readings: readonly Reading[]) {
  const all = [
    chainFaults(evidence, ledger),
    editFaults(evidence, ledger),
    renderFaults(evidence, ledger),
    messageFaults(evidence),
    readerFaults(evidence, ledger, readings),
  ];
  return {
    lost: all.flatMap(({ lost }) => lost),
    repeated: all.flatMap(({ repeated }) => repeated),
    outOfOrder: outOfOrder(evidence.messages),
  };
}
