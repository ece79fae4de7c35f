import { isInbox } from '@gts/contracts';
import { createInbox, Events, type Msg, type NatsConnection } from 'nats';
import type { Bus, ConsumerRef, ConsumerState, Delivery } from '../bus';
import { busErrors } from '../errors';
import { type Metrics, pause, type Scheduler, systemScheduler } from '../ports';
import { Publisher } from './publisher';
import { deliveryOf, NatsPull } from './pull';
import { messageOf, streamStateOf } from './stream-state';

export type NatsBusOptions = Readonly<{
  nc: NatsConnection;
  /** Prefix of reply subjects, `inboxPrefix(service)`. */
  inbox: string;
  scheduler?: Scheduler;
  metrics?: Metrics;
  /** Connection and permission news, for readiness. */
  onStatus?: (status: 'disconnected' | 'reconnected' | 'denied', detail: string) => void;
}>;
export type NatsBus = Bus & Readonly<{ publisher: Publisher; close(): Promise<void> }>;

type Reply = {
  num_pending?: number;
  num_ack_pending?: number;
  num_redelivered?: number;
  ack_floor?: { stream_seq: number };
};

async function info(nc: NatsConnection, { stream, durable }: ConsumerRef): Promise<ConsumerState> {
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  const found: Reply = await jsm.consumers.info(stream, durable);
  return {
    pending: found.num_pending ?? 0,
    ackPending: found.num_ack_pending ?? 0,
    redelivered: found.num_redelivered ?? 0,
    ackFloor: found.ack_floor?.stream_seq ?? 0,
  };
}

type NextDeps = Readonly<{ nc: NatsConnection; scheduler: Scheduler; inbox: string }>;

/** Asks for one message; one that comes after the caller lost interest is handed back. */
function next(deps: NextDeps, ref: ConsumerRef, o: { expiresMs: number; signal?: AbortSignal }) {
  const { nc, scheduler, inbox } = deps;
  return new Promise<Delivery | undefined>((resolve) => {
    let open = true;
    const end = (delivery?: Delivery) => {
      if (!open) return delivery?.nak();
      open = false;
      cancel();
      o.signal?.removeEventListener('abort', stop);
      void subscription.drain().catch(() => undefined);
      return resolve(delivery);
    };
    const stop = () => end();
    const callback = (_error: unknown, msg: Msg) => {
      if (msg.headers?.code || !msg.reply) {
        // A missing consumer answers at once; asking again at once would spin.
        const wait = msg.headers?.code === 408 ? 0 : 500;
        return void pause(scheduler, wait).then(() => end());
      }
      return end(deliveryOf(nc, msg, () => undefined));
    };
    const subscription = nc.subscribe(inbox, { callback });
    const cancel = scheduler.after(o.expiresMs + 1000, stop);
    o.signal?.addEventListener('abort', stop);
    const request = JSON.stringify({ batch: 1, expires: o.expiresMs * 1_000_000 });
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${ref.stream}.${ref.durable}`, request, { reply: inbox });
  });
}

type Watched = Readonly<{ options: NatsBusOptions; publisher: Publisher; pulls: ReadonlySet<NatsPull> }>;

const reactions: Readonly<Record<string, (on: Watched, detail: string) => void>> = {
  [Events.Disconnect]: ({ options, publisher }, detail) => {
    publisher.disconnected();
    options.onStatus?.('disconnected', detail);
  },
  [Events.Reconnect]: ({ options, publisher, pulls }, detail) => {
    publisher.reconnected();
    for (const pull of pulls) pull.again();
    options.onStatus?.('reconnected', detail);
  },
  [Events.Error]: ({ options, publisher }, detail) => {
    if (!/permission/i.test(detail)) return;
    publisher.denied(/to \\?"([^"\\]+)/i.exec(detail)?.[1] ?? detail);
    options.onStatus?.('denied', detail);
  },
};

async function watch(on: Watched): Promise<void> {
  for await (const { type, data, permissionContext: refused } of on.options.nc.status()) {
    // The broker keeps the right to reply for half a minute; nobody waits for what comes later.
    if (refused?.operation === 'publish' && isInbox(refused.subject)) {
      on.options.metrics?.count('rpc_late_replies_total');
      continue;
    }
    const detail = refused ? `no permission: ${refused.operation} to "${refused.subject}"` : JSON.stringify(data);
    reactions[type]?.(on, detail);
  }
}

/** The bus on a broker connection. Close it before the connection. */
export function natsBus(options: NatsBusOptions): NatsBus {
  const { nc, inbox, scheduler = systemScheduler, metrics } = options;
  const publisher = new Publisher({ nc, inbox, scheduler, ...(metrics && { metrics }) });
  const pulls = new Set<NatsPull>();
  // Other replicas use the same prefix: what they pull must not come here.
  const fresh = () => createInbox(inbox);
  void watch({ options, publisher, pulls });
  return {
    publisher,
    publish: (message) => publisher.publish(message),
    consume: (consume) => {
      const pull = new NatsPull({ nc, scheduler, inbox: fresh() }, consume);
      pulls.add(pull);
      return { stop: () => (pulls.delete(pull), pull.stop()) };
    },
    next: (ref, o) =>
      nc.isClosed() ? Promise.reject(busErrors.DISCONNECTED()) : next({ nc, scheduler, inbox: fresh() }, ref, o),
    info: (ref) => info(nc, ref),
    stream: (name) => streamStateOf(nc, name),
    message: (stream, seq) => messageOf(nc, stream, seq),
    close: async () => {
      await Promise.all([...pulls].map((pull) => pull.stop()));
      publisher.close();
    },
  };
}
