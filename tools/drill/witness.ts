// Judges what readers of event streams were told and what consumers did, against what lies in the streams.

/** One notice as a reader got it; progress comes without an id. */
export type Notice = Readonly<{ id?: string; event: string; data: unknown }>;
/** An event as its stream holds it. */
export type Message = Readonly<{
  stream: string;
  seq: number;
  subject: string;
  body: Readonly<{ id: string; aggregate?: Readonly<{ type: string; id: string; version: number }> }>;
}>;
export type Faults = Readonly<{ lost: readonly string[]; repeated: readonly string[] }>;
/** What one reader followed over all its connections: `shootout:<id>` or `signal-chain:<id>`. */
export type Followed = Readonly<{ topic: string; notices: readonly Notice[] }>;

const KINDS: Readonly<Record<string, Readonly<{ stream: string; type: string; change: string }>>> = {
  shootout: { stream: 'EVT_SHOOTOUTS', type: 'Shootout', change: 'shootout.changed' },
  'signal-chain': { stream: 'EVT_SIGNAL_CHAINS', type: 'SignalChain', change: 'chain.changed' },
};
function kindOf(topic: string) {
  const [name = '', id = ''] = topic.split(':');
  const kind = KINDS[name];
  if (!kind) throw new Error(`nobody judges ${topic}`);
  return { ...kind, id };
}
const placeIn = (stream: string, id: string | undefined): number =>
  Number(new RegExp(`${stream}:(\\d+)`).exec(id ?? '')?.[1] ?? NaN);

/**
 * A snapshot tells all up to its place; from there every change must be told once, in order, however often the reader
 * had to come back. A reader that was sent back to the beginning starts at its new snapshot.
 */
export function followFaults({ topic, notices }: Followed, messages: readonly Message[]): Faults {
  const { stream, type, change, id: wanted } = kindOf(topic);
  const isOf = ({ body: { aggregate } }: Message) => aggregate?.type === type && aggregate.id === wanted;
  const facts = messages.filter((each) => each.stream === stream && isOf(each)).map(({ seq }) => seq);
  const [lost, repeated] = [[] as string[], [] as string[]];
  const name = (seq: number) => `notice of ${topic} at ${seq}`;
  let place = 0;
  const pass = (until: number) => lost.push(...facts.filter((seq) => seq > place && seq < until).map(name));
  for (const { id, event } of notices) {
    const seq = placeIn(stream, id);
    if (event === 'snapshot') place = seq;
    if (event !== change) continue;
    if (seq <= place) repeated.push(name(seq));
    else pass(seq);
    place = Math.max(place, seq);
  }
  pass(Infinity);
  return { lost, repeated };
}

const matches = (filter: string, subject: string): boolean => {
  const [want, have] = [filter.split('.'), subject.split('.')];
  const rest = want.indexOf('>');
  const fits = (rest === -1 ? want : want.slice(0, rest)).every((token, at) => token === '*' || token === have[at]);
  return fits && (rest === -1 ? want.length === have.length : have.length > rest);
};

/** A durable of one subscription on one stream, and whether it counts messages or versions. */
export type Reading = Readonly<{
  stream: string;
  durable: string;
  filters: readonly string[];
  kind: string;
}>;
/** What consumers noted: `<durable> <message id>`, and by `<durable>/<type>/<id>` the last version. */
export type Noted = Readonly<{ inbox: ReadonlySet<string>; gates: ReadonlyMap<string, number> }>;

const WITH_INBOX = new Set(['handler', 'participant']);

/** Messages that somebody wanted and that left no trace at him. */
export function unhandled(readings: readonly Reading[], messages: readonly Message[], noted: Noted): readonly string[] {
  return readings.flatMap(({ stream, durable, filters, kind }) => {
    const asked = messages.filter(
      (each) => each.stream === stream && filters.some((filter) => matches(filter, each.subject)),
    );
    if (WITH_INBOX.has(kind))
      return asked
        .filter(({ body }) => !noted.inbox.has(`${durable} ${body.id}`))
        .map(({ seq }) => `${durable} did not handle ${stream}:${seq}`);
    if (kind !== 'projection') return [];
    return asked
      .filter(({ body: { aggregate } }) => {
        const key = `${durable}/${aggregate?.type ?? ''}/${aggregate?.id ?? ''}`;
        return (noted.gates.get(key) ?? 0) < (aggregate?.version ?? 0);
      })
      .map(({ seq }) => `${durable} did not apply ${stream}:${seq}`);
  });
}
