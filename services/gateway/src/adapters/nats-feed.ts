import { eventStream, progressFilter, RenderProgress, readerOf } from '@gts/contracts';
import type { MessageId } from '@gts/kernel';
import { decodeEnvelope } from '@gts/messaging';
import type { Logger } from '@gts/observability';
import { type ConsumerMessages, DeliverPolicy, type JsMsg, type NatsConnection, type Subscription } from 'nats';
import { FEED_CONTEXTS, type FeedSource } from '../application/events/feed';

type Deps = Readonly<{ nc: NatsConnection; feed: FeedSource; logger: Logger }>;
const RETRY_MS = 1000;
const progress = readerOf(RenderProgress.data);

/** Follows the event streams and the progress of renders; nothing is acknowledged and nothing is kept at the broker. */
export class NatsFeed {
  readonly #deps: Deps;
  readonly #tails: ConsumerMessages[] = [];
  #progress: Subscription | undefined;
  #stopped = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Resolves once every stream is followed; waits for streams that nobody made yet. */
  async start(): Promise<void> {
    this.#followProgress();
    await Promise.all(FEED_CONTEXTS.map((context) => this.#follow(eventStream(context))));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#progress?.unsubscribe();
    await Promise.all(this.#tails.map((tail) => tail.close()));
  }

  #followProgress(): void {
    const { nc, feed } = this.#deps;
    this.#progress = nc.subscribe(progressFilter('rendering'), {
      callback: (error, message) => {
        if (error === null) this.#read(() => feed.progress(progress.parse(decodeEnvelope(message.data).data)));
      },
    });
  }

  async #follow(stream: string): Promise<void> {
    while (!this.#stopped)
      try {
        return await this.#tail(stream);
      } catch (error) {
        this.#deps.logger.debug({ stream, err: error }, 'the stream is not there yet');
        await new Promise((resume) => setTimeout(resume, RETRY_MS));
      }
  }

  async #tail(stream: string): Promise<void> {
    const { nc, feed } = this.#deps;
    const manager = await nc.jetstreamManager({ checkAPI: false });
    const { last_seq: last } = (await manager.streams.info(stream)).state;
    const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: last + 1 };
    const consumer = await nc
      .jetstream()
      .consumers.get(stream, { ...from, inactive_threshold: 60_000, headers_only: false });
    feed.start(stream, last);
    this.#tails.push(await consumer.consume({ callback: (message) => this.#take(stream, message) }));
  }

  #take(stream: string, message: JsMsg): void {
    this.#read(() => {
      const { id, type, occurredAt, tenantId, aggregate, data } = decodeEnvelope(message.data);
      const incoming = { id: id as MessageId, type, occurredAt, tenantId, aggregate, data };
      this.#deps.feed.event({ stream, seq: message.seq, message: incoming });
    });
  }

  /** What cannot be read concerns nobody here; its consumers park it. */
  #read(take: () => void): void {
    try {
      take();
    } catch (error) {
      this.#deps.logger.debug({ err: error }, 'a message is not readable');
    }
  }
}
