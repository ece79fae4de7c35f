import type { DataOf, RenderProgress } from '@gts/contracts';
import type { Incoming } from '@gts/messaging';

/** One event with its place in its stream: its sequence, and after a reset one that still rises. */
export type FeedEvent = Readonly<{ stream: string; seq: number; message: Incoming }>;
export type Progress = DataOf<typeof RenderProgress>;
export type FeedItem = Readonly<
  { event: FeedEvent } | { progress: Progress } | { restarted: Readonly<{ stream: string; seq: number }> }
>;
export type Positions = ReadonlyMap<string, number>;

/** What the streams say, as far back as this process remembers. */
export interface Feed {
  listen(listener: (item: FeedItem) => void): () => void;
  positions(): Positions;
  /** What came after these places, oldest first; undefined where that is no longer known. */
  since(places: Positions): readonly FeedEvent[] | undefined;
  /** Which shootout a run belongs to, once somebody said so. */
  shootoutOf(runId: string): string | undefined;
  learnRun(runId: string, shootoutId: string): void;
}
/** The side that the tails of the streams write to. */
export interface FeedSource {
  start(stream: string, lastSeq: number): void;
  /** The stream was made anew or put back: its sequences begin again after this one. */
  restart(stream: string, afterSeq: number): void;
  event(event: FeedEvent): void;
  progress(progress: Progress): void;
}

const REMEMBERED = 5000;
const RUNS = 1000;

/** Which shootout the last runs belong to. */
function runBook() {
  const runs = new Map<string, string>();
  const learnRun = (runId: string, shootoutId: string) => {
    runs.set(runId, shootoutId);
    const [oldest] = runs.keys();
    if (runs.size > RUNS && oldest !== undefined) runs.delete(oldest);
  };
  const learnFrom = ({ message }: FeedEvent) => {
    const { runId, shootoutId } = message.data as { runId?: unknown; shootoutId?: unknown };
    if (typeof runId === 'string' && typeof shootoutId === 'string') learnRun(runId, shootoutId);
  };
  return { learnRun, learnFrom, shootoutOf: (runId: string) => runs.get(runId) };
}

/** Remembers the last events of each stream for readers that come back. */
export function createFeed(): Feed & FeedSource {
  const listeners = new Set<(item: FeedItem) => void>();
  const last = new Map<string, number>();
  const floor = new Map<string, number>();
  /** What a reset adds to sequences: no place that a reader may still hold comes back with another meaning. */
  const shift = new Map<string, number>();
  const { learnRun, learnFrom, shootoutOf } = runBook();
  let remembered: FeedEvent[] = [];
  const tell = (item: FeedItem) => listeners.forEach((listener) => listener(item));
  return {
    start(stream, seq) {
      last.set(stream, seq);
      floor.set(stream, seq);
    },
    restart(stream, afterSeq) {
      const seq = (last.get(stream) ?? 0) + 1;
      last.set(stream, seq);
      floor.set(stream, seq);
      shift.set(stream, seq - afterSeq);
      remembered = remembered.filter((event) => event.stream !== stream);
      tell({ restarted: { stream, seq } });
    },
    event(read) {
      const event = { ...read, seq: read.seq + (shift.get(read.stream) ?? 0) };
      if (event.seq <= (last.get(event.stream) ?? 0)) return;
      last.set(event.stream, event.seq);
      remembered.push(event);
      if (remembered.length > 2 * REMEMBERED) remembered = forgotten(remembered, floor);
      learnFrom(event);
      tell({ event });
    },
    progress: (progress) => tell({ progress }),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    positions: () => new Map(last),
    since(places) {
      for (const [stream, seq] of places) {
        const known = last.get(stream);
        if (known === undefined || seq > known || seq < (floor.get(stream) ?? 0)) return undefined;
      }
      return remembered.filter(({ stream, seq }) => seq > (places.get(stream) ?? Infinity));
    },
    shootoutOf,
    learnRun,
  };
}

function forgotten(events: FeedEvent[], floor: Map<string, number>): FeedEvent[] {
  for (const { stream, seq } of events.slice(0, -REMEMBERED)) floor.set(stream, seq);
  return events.slice(-REMEMBERED);
}
