import type { ServerResponse } from 'node:http';
import type { FeedItem, Positions } from './feed';
import { placeOf, placeText } from './place';
import { isRevoked, type Notice, type Reader, reread, type Topic } from './topics';

const COMMENT_MS = 15_000;
const LIFE_MS = 30 * 60_000;
const MOST_WAITING = 256;
const MOST_BYTES = 1024 * 1024;

type Options = Readonly<{
  topics: readonly Topic[];
  reader: Reader;
  lastEventId: string | undefined;
  /** Where the streams were before the snapshots were read. */
  since: Positions;
  ended: () => void;
}>;

/** One reader's stream: snapshots first, then changes, until it, its session or its time ends. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #options: Options;
  readonly #streams: ReadonlySet<string>;
  readonly #stops: (() => void)[] = [];
  #topics: readonly Topic[];
  #places: Map<string, number>;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(response: ServerResponse, options: Options) {
    this.#response = response;
    this.#options = options;
    this.#topics = options.topics;
    this.#streams = new Set(options.topics.map((topic) => topic.stream));
    this.#places = new Map(options.since);
  }

  /** @param snapshots of the topics, read before the stream opened */
  open(snapshots: readonly unknown[]): void {
    const { feed } = this.#options.reader.ports;
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.#response.write('retry: 2000\n\n');
    this.#stops.push(
      feed.listen((item) => this.#take(item)),
      every(COMMENT_MS, () => this.#response.write(':\n\n')),
    );
    this.#stops.push(every(LIFE_MS, () => this.close('time')));
    // A reader may be gone before we hear of it; what is written then concerns nobody.
    this.#response.on('error', () => this.#end());
    this.#response.on('drain', () => (this.#waiting = 0)).on('close', () => this.#end());
    this.#begin(snapshots);
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#write({ event: 'bye', data: { reason } });
    this.#end();
    this.#response.end();
  }

  #begin(snapshots: readonly unknown[]): void {
    const { lastEventId, reader, since } = this.#options;
    const place = lastEventId === undefined ? undefined : placeOf(lastEventId, this.#streams);
    const missed = place && reader.ports.feed.since(place);
    if (place && missed) {
      this.#places = new Map([...this.#places, ...place]);
      for (const event of missed) this.#take({ event });
      return;
    }
    this.#topics.forEach((topic, i) => {
      if (lastEventId !== undefined) this.#write({ event: 'resync', data: { topic: topic.name } });
      this.#write({ event: 'snapshot', data: { topic: topic.name, resource: snapshots[i] } });
    });
    for (const event of reader.ports.feed.since(since) ?? []) this.#take({ event });
  }

  #take(item: FeedItem): void {
    this.#waiting += 1;
    if (this.#waiting > MOST_WAITING) return this.close('slow');
    this.#queue = this.#queue.then(() => this.#deliver(item)).catch(() => this.close('unavailable'));
  }

  async #deliver(item: FeedItem): Promise<void> {
    if (this.#closed) return;
    if ('event' in item) this.#places.set(item.event.stream, item.event.seq);
    if ('restarted' in item) await this.#again(item);
    for (const topic of this.#topics) for (const notice of await topic.notices(item)) this.#send(notice, topic, item);
    if (!this.#response.writableNeedDrain) this.#waiting -= 1;
    if (isRevoked(item, this.#options.reader.caller)) this.close('session-ended');
  }

  /** A stream began anew: what the reader knows of its topics may never be corrected by a change. */
  async #again(item: Extract<FeedItem, { restarted: unknown }>): Promise<void> {
    const { stream, seq } = item.restarted;
    this.#places.set(stream, seq);
    for (const topic of this.#topics.filter((each) => each.stream === stream)) {
      this.#write({ event: 'resync', data: { topic: topic.name } });
      const read = async () => ({
        event: 'snapshot',
        data: { topic: topic.name, resource: await topic.snapshot() },
      });
      for (const notice of await reread(read, topic.name)) this.#send(notice, topic, item);
    }
  }

  #send(notice: Notice, topic: Topic, item: FeedItem): void {
    if (notice.ends === 'topic') this.#topics = this.#topics.filter((each) => each !== topic);
    this.#write(notice, !('progress' in item));
    if (this.#topics.length === 0) this.close('nothing-left');
  }

  #write({ event, data }: Notice, numbered = true): void {
    if (this.#closed) return;
    const place = numbered ? `id: ${placeText(this.#places, this.#streams)}\n` : '';
    this.#response.write(`${place}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (this.#response.writableLength > MOST_BYTES && event !== 'bye') this.close('slow');
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#options.ended();
  }

  get places(): Positions {
    return this.#places;
  }
}

function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  timer.unref();
  return () => clearInterval(timer);
}
