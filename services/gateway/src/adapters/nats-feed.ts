import {
  eventStream,
  gatewayDeclaration,
  inboxPrefix,
  progressFilter,
  readerOf,
  RenderProgress,
  streamSubjects,
} from '@gts/contracts';
import type { ContextName, MessageId } from '@gts/kernel';
import { followProgress, isReset, type StreamState, streamStateOf, tail, type Tailed } from '@gts/messaging';
import type { Logger, Metrics } from '@gts/observability';
import type { NatsConnection } from 'nats';
import type { FeedSource } from '../application/events/feed';

/** The broker connection of this process. */
export type Connection = NatsConnection;
type Deps = Readonly<{
  nc: Connection;
  feed: FeedSource;
  logger: Logger;
  metrics: Pick<Metrics, 'count'>;
  lookMs?: number;
}>;
type Place = Readonly<{ state: StreamState; afterSeq: number }>;
const inbox = inboxPrefix(gatewayDeclaration.service);
const RETRY_MS = 1000;
const LOOK_MS = 5000;
const progress = readerOf(RenderProgress.data);

/** Follows the event streams and the progress of renders; nothing is acknowledged and nothing is kept at the broker. */
export class NatsFeed {
  readonly #deps: Deps;
  readonly #gone = new AbortController();
  readonly #lookMs: number;
  #stopProgress: (() => void) | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#lookMs = deps.lookMs ?? LOOK_MS;
  }

  /** Resolves once every stream is followed; waits for streams that nobody made yet. */
  async start(): Promise<void> {
    const { nc, feed } = this.#deps;
    this.#stopProgress = followProgress(nc, progressFilter('rendering'), ({ data }) => {
      const parsed = progress.safeParse(data);
      if (parsed.success) feed.progress(parsed.data);
    });
    await Promise.all(gatewayDeclaration.tails.map((context) => this.#begin(context)));
  }

  stop(): void {
    this.#gone.abort();
    this.#stopProgress?.();
  }

  async #begin(context: ContextName): Promise<void> {
    const state = await this.#found(eventStream(context));
    if (!state) return;
    this.#deps.feed.start(eventStream(context), state.lastSeq);
    void this.#follow(context, state);
  }

  /** Waits until the stream is there; undefined once stopped. */
  async #found(stream: string): Promise<StreamState | undefined> {
    while (!this.#gone.signal.aborted) {
      const state = await this.#look(stream);
      if (state) return state;
      await pause();
    }
    return undefined;
  }

  #look(stream: string): Promise<StreamState | undefined> {
    const { nc, logger } = this.#deps;
    return streamStateOf(nc, stream).catch((error: unknown) => {
      logger.debug({ stream, why: String(error) }, 'the stream does not answer');
      return undefined;
    });
  }

  /** Reads on for ever; after a reset of the stream from where its new sequences begin. */
  async #follow(context: ContextName, from: StreamState): Promise<void> {
    const { feed, metrics, logger } = this.#deps;
    const stream = eventStream(context);
    let state = from;
    let afterSeq = from.lastSeq;
    while (!this.#gone.signal.aborted) {
      const now = await this.#untilReset(context, { state, afterSeq });
      if (!now) return;
      // Of a new stream nothing was read yet; of one that was put back nobody can say what is new.
      afterSeq = now.created === state.created ? now.lastSeq : 0;
      state = now;
      logger.warn({ stream, ...now }, 'stream reset: its readers begin anew');
      metrics.count('messaging_stream_resets_total', { stream });
      feed.restart(stream, afterSeq);
    }
  }

  /** Reads until the stream's sequences mean something else; answers how it is then, undefined once stopped. */
  async #untilReset(context: ContextName, from: Place): Promise<StreamState | undefined> {
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#gone.signal, ended.signal]);
    const reading = this.#read(context, from.afterSeq, signal);
    const reset = await this.#watch(eventStream(context), from.state);
    ended.abort();
    await reading;
    return reset;
  }

  async #watch(stream: string, from: StreamState): Promise<StreamState | undefined> {
    for (let last = from; !this.#gone.signal.aborted;) {
      await pause(this.#lookMs);
      const now = await this.#look(stream);
      if (now && isReset(last, now)) return now;
      if (now) last = now;
    }
    return undefined;
  }

  /** Where reading breaks off it goes on after the last message. */
  async #read(context: ContextName, from: number, signal: AbortSignal): Promise<void> {
    const { nc, feed, logger } = this.#deps;
    const place = { stream: eventStream(context), filter: streamSubjects.events(context) };
    let afterSeq = from;
    while (!signal.aborted)
      try {
        for await (const each of tail({ nc, inbox, ...place, start: { afterSeq }, signal })) {
          if (signal.aborted) return;
          afterSeq = each.seq;
          feed.event({ stream: each.stream, seq: each.seq, message: incoming(each) });
        }
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ stream: place.stream, err: error }, 'the stream broke off');
        await pause();
      }
  }
}

const pause = (ms = RETRY_MS): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

function incoming({ envelope }: Tailed) {
  const { id, type, occurredAt, tenantId, aggregate, data } = envelope;
  return { id: id as MessageId, type, occurredAt, tenantId, aggregate, data };
}
