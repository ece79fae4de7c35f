import { eventStream, progressFilter, readerOf, RenderProgress, streamSubjects } from '@gts/contracts';
import type { ContextName, MessageId } from '@gts/kernel';
import { followProgress, tail, type Tailed } from '@gts/messaging';
import type { Logger } from '@gts/observability';
import type { NatsConnection } from 'nats';
import { FEED_CONTEXTS, type FeedSource } from '../application/events/feed';

/** The broker connection of this process. */
export type Connection = NatsConnection;
type Deps = Readonly<{ nc: Connection; feed: FeedSource; logger: Logger }>;
const RETRY_MS = 1000;
const progress = readerOf(RenderProgress.data);

/** Follows the event streams and the progress of renders; nothing is acknowledged and nothing is kept at the broker. */
export class NatsFeed {
  readonly #deps: Deps;
  readonly #gone = new AbortController();
  #stopProgress: (() => void) | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Resolves once every stream is followed; waits for streams that nobody made yet. */
  async start(): Promise<void> {
    const { nc, feed } = this.#deps;
    this.#stopProgress = followProgress(nc, progressFilter('rendering'), ({ data }) => {
      const parsed = progress.safeParse(data);
      if (parsed.success) feed.progress(parsed.data);
    });
    await Promise.all(FEED_CONTEXTS.map((context) => this.#found(context)));
  }

  stop(): void {
    this.#gone.abort();
    this.#stopProgress?.();
  }

  async #found(context: ContextName): Promise<void> {
    const { nc, feed, logger } = this.#deps;
    const stream = eventStream(context);
    while (!this.#gone.signal.aborted)
      try {
        const manager = await nc.jetstreamManager({ checkAPI: false });
        const { last_seq: last } = (await manager.streams.info(stream)).state;
        feed.start(stream, last);
        void this.#follow(context, last);
        return;
      } catch (error) {
        logger.debug({ stream, why: String(error) }, 'the stream is not there yet');
        await pause();
      }
  }

  /** Reads on for ever; where reading breaks off it goes on after the last message. */
  async #follow(context: ContextName, from: number): Promise<void> {
    const { nc, feed, logger } = this.#deps;
    const { signal } = this.#gone;
    const place = { stream: eventStream(context), filter: streamSubjects.events(context) };
    let afterSeq = from;
    while (!signal.aborted)
      try {
        for await (const each of tail({ nc, ...place, start: { afterSeq }, signal })) {
          afterSeq = each.seq;
          feed.event({ stream: each.stream, seq: each.seq, message: incoming(each) });
        }
      } catch (error) {
        logger.warn({ stream: place.stream, err: error }, 'the stream broke off');
        await pause();
      }
  }
}

const pause = (): Promise<void> => new Promise((resume) => setTimeout(resume, RETRY_MS));

function incoming({ envelope }: Tailed) {
  const { id, type, occurredAt, tenantId, aggregate, data } = envelope;
  return { id: id as MessageId, type, occurredAt, tenantId, aggregate, data };
}
