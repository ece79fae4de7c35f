import type { ConsumerSpec, Topology } from '@gts/contracts';
import type { Bus, BusMessage, ConsumeOptions, ConsumerRef, Delivery, PubAck, Pull } from '../bus';
import { busErrors } from '../errors';
import type { Cancel, Scheduler } from '../ports';
import { MemoryConsumer, MemoryStream, type Ready, type Stored } from './stream';

/** What goes wrong, decided by a test at every step. */
export type MemoryFaults = Readonly<{
  /** `unheard`: stored, but the publisher gets a time-out; `lost`: neither. */
  publish?: (message: BusMessage) => 'ok' | 'unheard' | 'lost';
  /** True: the acknowledgement never arrives. */
  loseAck?: (ref: ConsumerRef & { seq: number }) => boolean;
}>;
export type MemoryBrokerOptions = Readonly<{
  topology: Pick<Topology, 'streams' | 'consumers'>;
  scheduler: Scheduler;
  faults?: MemoryFaults;
}>;
/** One process's connection; `cut` is what SIGKILL does: what it holds comes back after the ack wait. */
export type MemoryBus = Bus & Readonly<{ cut(): void }>;
export interface MemoryBroker {
  connect(): MemoryBus;
  /** Everything a stream holds, in order: for oracles. */
  messages(stream: string): readonly Stored[];
  /** Deletes a stream with all that is in it and makes it and its durables anew. */
  recreate(stream: string): void;
}

type Puller = { room: () => boolean; give: (ready: Ready) => void; open: boolean };
type Durable = { readonly spec: ConsumerSpec; consumer: MemoryConsumer; pullers: Puller[]; timer: Cancel | undefined };
const PUBLISH_TIMEOUT_MS = 2000;

class Broker implements MemoryBroker {
  readonly streams: Map<string, MemoryStream>;
  readonly #durables = new Map<string, Durable>();
  #made = 0;
  readonly o: MemoryBrokerOptions;

  constructor(options: MemoryBrokerOptions) {
    this.o = options;
    this.streams = new Map(options.topology.streams.map((spec) => [spec.name, new MemoryStream(spec)]));
    for (const spec of options.topology.consumers) {
      const stream = this.streams.get(spec.stream);
      if (!stream) throw new Error(`no stream ${spec.stream}`);
      const durable = { spec, consumer: new MemoryConsumer(spec, stream), pullers: [], timer: undefined };
      this.#durables.set(`${spec.stream}/${spec.durable}`, durable);
    }
  }

  connect = (): MemoryBus => new Connection(this);

  messages = (stream: string): readonly Stored[] => this.streams.get(stream)?.messages ?? [];

  recreate = (name: string): void => {
    const spec = this.o.topology.streams.find((each) => each.name === name);
    if (!spec) throw new Error(`no stream ${name}`);
    const stream = new MemoryStream(spec, ++this.#made);
    this.streams.set(name, stream);
    for (const durable of this.#durables.values())
      if (durable.spec.stream === name) durable.consumer = new MemoryConsumer(durable.spec, stream);
  };

  durable({ stream, durable }: ConsumerRef): Durable {
    const found = this.#durables.get(`${stream}/${durable}`);
    if (!found) throw busErrors.NO_RESPONDERS(`${stream}/${durable}`);
    return found;
  }

  store(message: BusMessage): PubAck {
    const stream = [...this.streams.values()].find((each) => each.takes(message.subject));
    if (!stream) throw busErrors.NO_RESPONDERS(message.subject);
    const ack = stream.add(message, this.o.scheduler.nowMs());
    for (const durable of this.#durables.values()) if (durable.spec.stream === ack.stream) this.offer(durable);
    return ack;
  }

  /** Hands out what is ready, in the scheduler's own time. */
  offer(durable: Durable): void {
    this.o.scheduler.soon(() => {
      for (;;) {
        const puller = durable.pullers.find(({ open, room }) => open && room());
        const ready = puller && durable.consumer.take(this.o.scheduler.nowMs());
        if (!ready) break;
        puller.give(ready);
      }
      this.#wake(durable);
    });
  }

  #wake(durable: Durable): void {
    durable.timer?.();
    const due = durable.consumer.nextDueMs();
    if (due === undefined || !durable.pullers.some(({ open }) => open)) return;
    const wait = Math.max(1, due - this.o.scheduler.nowMs());
    durable.timer = this.o.scheduler.after(wait, () => this.offer(durable));
  }
}

class Connection implements MemoryBus {
  readonly #broker: Broker;
  readonly #pullers: Puller[] = [];
  #cut = false;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  cut(): void {
    this.#cut = true;
    for (const puller of this.#pullers) puller.open = false;
  }

  async publish(message: BusMessage): Promise<PubAck> {
    const { scheduler, faults } = this.#broker.o;
    if (this.#cut) throw busErrors.DISCONNECTED();
    await new Promise<void>((resolve) => scheduler.soon(resolve));
    const fate = faults?.publish?.(message) ?? 'ok';
    const ack = fate === 'lost' ? undefined : this.#broker.store(message);
    if (fate === 'ok' && ack) {
      await new Promise<void>((resolve) => scheduler.soon(resolve));
      return ack;
    }
    await new Promise<void>((resolve) => void scheduler.after(PUBLISH_TIMEOUT_MS, resolve));
    throw busErrors.PUBLISH_TIMEOUT(message.subject);
  }

  consume({ stream, durable: name, maxMessages, onMessage }: ConsumeOptions): Pull {
    const durable = this.#broker.durable({ stream, durable: name });
    let unsettled = 0;
    const puller = this.#open(durable, {
      room: () => unsettled < maxMessages,
      give: (ready) => {
        unsettled++;
        onMessage(this.#delivery(durable, ready, () => (unsettled--, this.#broker.offer(durable))));
      },
    });
    return { stop: () => Promise.resolve(this.#close(durable, puller)) };
  }

  next(ref: ConsumerRef, { expiresMs, signal }: { expiresMs: number; signal?: AbortSignal }) {
    const durable = this.#broker.durable(ref);
    return new Promise<Delivery | undefined>((resolve) => {
      let given = false;
      const end = (delivery?: Delivery) => {
        given = true;
        cancel();
        signal?.removeEventListener('abort', stop);
        this.#close(durable, puller);
        resolve(delivery);
      };
      const stop = () => end();
      const cancel = this.#broker.o.scheduler.after(expiresMs, stop);
      const give = (ready: Ready) => end(this.#delivery(durable, ready, () => this.#broker.offer(durable)));
      const puller = this.#open(durable, { room: () => !given, give });
      signal?.addEventListener('abort', stop);
      if (signal?.aborted) stop();
    });
  }

  stream = (name: string) => {
    const found = this.#broker.streams.get(name);
    return Promise.resolve(found && { created: found.created, lastSeq: found.messages.length });
  };

  message = (stream: string, seq: number) => {
    const found = this.#broker.messages(stream).find((each) => each.seq === seq);
    return Promise.resolve(found && { subject: found.subject, headers: found.headers, body: found.body });
  };

  info = (ref: ConsumerRef) => Promise.resolve(this.#broker.durable(ref).consumer.state());

  #open(durable: Durable, of: Omit<Puller, 'open'>): Puller {
    const puller = { ...of, open: !this.#cut };
    this.#pullers.push(puller);
    durable.pullers.push(puller);
    this.#broker.offer(durable);
    return puller;
  }

  #close(durable: Durable, puller: Puller): void {
    puller.open = false;
    durable.pullers.splice(durable.pullers.indexOf(puller), 1);
    this.#pullers.splice(this.#pullers.indexOf(puller), 1);
  }

  #delivery({ spec, consumer }: Durable, { message, count }: Ready, settled: () => void): Delivery {
    const { scheduler, faults } = this.#broker.o;
    const { seq, subject, headers, body } = message;
    let open = true;
    const end = (say: () => void) => {
      if (!open) return;
      open = false;
      if (!this.#cut && !faults?.loseAck?.({ stream: spec.stream, durable: spec.durable, seq })) say();
      settled();
    };
    return {
      stream: spec.stream,
      seq,
      subject,
      headers,
      body,
      deliveryCount: count,
      ack: () => end(() => consumer.ack(seq)),
      nak: (delayMs = 0) => end(() => consumer.nak(seq, scheduler.nowMs() + delayMs)),
      working: () => void (open && !this.#cut && consumer.working(seq, scheduler.nowMs())),
    };
  }
}

/** Streams and durables in memory, by the same rules as the broker's; passes `busContract`. */
export const memoryBroker = (options: MemoryBrokerOptions): MemoryBroker => new Broker(options);

/** One connection to a broker of its own. */
export const memoryBus = (options: MemoryBrokerOptions): MemoryBus => memoryBroker(options).connect();
