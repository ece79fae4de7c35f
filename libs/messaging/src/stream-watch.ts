import type { ServiceName } from '@gts/kernel';
import { collection, type Store } from '@gts/persistence';
import { z } from 'zod';
import type { Bus, StreamState } from './bus';
import { fault } from './fault';
import {
  type Cancel,
  type Log,
  type Metrics,
  noLog,
  noMetrics,
  repeat,
  type Scheduler,
  systemScheduler,
} from './ports';
import { serviceContext } from './service-context';

const LOOK_MS = 5000;

/** How each stream was when this service saw it last. */
export const streamRows = collection('streams', {
  scope: 'global',
  schema: z.strictObject({ created: z.string(), lastSeq: z.int() }),
});

export type StreamWatchOptions = Readonly<{
  service: ServiceName;
  streams: readonly string[];
  store: Store;
  bus: Pick<Bus, 'stream'>;
  scheduler?: Scheduler;
  metrics?: Metrics;
  log?: Log;
}>;
export interface StreamWatch {
  start(): void;
  stop(): Promise<void>;
  /** One look at every stream. @throws what the store throws */
  look(): Promise<void>;
}

const same = (a: StreamState | undefined, b: StreamState | undefined): boolean =>
  a?.created === b?.created && a?.lastSeq === b?.lastSeq;

/** Made anew, or put back to an older state: what its sequences said before means nothing now. */
export const isReset = (before: StreamState, now: StreamState): boolean =>
  now.created !== before.created || now.lastSeq < before.lastSeq;

/**
 * Keeps in the service's store how its streams were and tells when one of them lost what it held. Nothing else has
 * to be forgotten there: effects are guarded by message ids and aggregate versions, never by sequences.
 */
export function watchStreams(o: StreamWatchOptions): StreamWatch {
  const { service, store, bus, scheduler = systemScheduler, metrics = noMetrics, log = noLog } = o;
  const ctx = serviceContext(service, 'streams');
  /** True for the one replica that noted it. The row was read before the broker was asked, so no answer is older. */
  const note = (stream: string, before: StreamState | undefined, now: StreamState): Promise<boolean> =>
    store.transaction(ctx, async (unit) => {
      const rows = unit.collection(streamRows);
      if (!same(await rows.find(stream), before)) return false;
      await rows.put(stream, { created: now.created, lastSeq: now.lastSeq });
      return true;
    });
  const lookAt = async (stream: string): Promise<void> => {
    const row = await store.collection(streamRows, ctx).find(stream);
    const before = row && { created: row.created, lastSeq: row.lastSeq };
    const now = await bus.stream(stream);
    if (now?.filled !== undefined) metrics.gauge('messaging_stream_filled_ratio', now.filled, { stream });
    if (!now || same(before, now) || !(await note(stream, before, now)) || !before || !isReset(before, now)) return;
    metrics.count('messaging_stream_resets_total', { stream });
    const was = { createdBefore: before.created, lastSeqBefore: before.lastSeq };
    log.warn(
      { stream, ...now, ...was },
      'stream reset: RepublishOutbox of the services that publish to it brings back what they still hold',
    );
  };
  const look = async (): Promise<void> => {
    for (const stream of o.streams) await lookAt(stream);
  };
  const round = () => look().catch((error: unknown) => log.debug(fault(error), 'the streams could not be looked at'));
  let cancel: Cancel = () => undefined;
  let running = Promise.resolve();
  return {
    look,
    start: () =>
      void (cancel = repeat(
        scheduler,
        () => LOOK_MS,
        () => (running = round()),
      )),
    stop: () => (cancel(), running),
  };
}
