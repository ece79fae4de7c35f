import { type context, type ServiceDeclaration, topologyOf } from '@gts/contracts';
import { type Context, SYSTEM_TENANT, type ServiceName } from '@gts/kernel';
import {
  type BusMessage,
  type Consumers,
  type ConsumersOptions,
  createConsumers,
  type DeadLetter,
  deadLetterRows,
  type MemoryBroker,
  memoryBroker,
  type MemoryFaults,
  type Metrics,
  type Scheduler,
  type Subscription,
} from '@gts/messaging';
import { type MemoryStore, memoryStore } from '@gts/persistence';
import { aContext, countingIds } from './ids';
import { VirtualTime } from './simulator/virtual-time';

export type ConsumerWorldOptions = Readonly<{
  contexts: readonly ReturnType<typeof context>[];
  declared: ServiceDeclaration;
  faults?: MemoryFaults;
}>;
/** A broker, a store and a time of their own: nothing happens unless the test lets time pass. */
export type ConsumerWorld = Readonly<{
  time: VirtualTime;
  scheduler: Scheduler;
  broker: MemoryBroker;
  store: MemoryStore;
  /** Every number that was told: `name{label values}` → values in order. */
  told: ReadonlyMap<string, readonly number[]>;
  metrics: Metrics;
  publish(message: BusMessage): void;
  /** A process with its own connection; started. */
  process(subscriptions: readonly Subscription[], o?: Partial<ConsumersOptions>): Consumers;
  deadLetters(): Promise<readonly DeadLetter[]>;
}>;

/** Virtual time as the scheduler of libraries; every wait takes exactly what it says. */
export const schedulerOf = (time: VirtualTime): Scheduler => ({
  after: (ms, run) => time.after(ms, run),
  soon: (run) => void time.after(0, run),
  nowMs: () => time.elapsedMs,
  random: () => 0.5,
});

function notebook() {
  const told = new Map<string, number[]>();
  const note = (name: string, value: number, labels: Readonly<Record<string, string | number>> = {}) => {
    const key = `${name}{${Object.values(labels).join()}}`;
    told.set(key, [...(told.get(key) ?? []), value]);
  };
  const metrics: Metrics = {
    count: (name, labels, by = 1) => note(name, by, labels),
    gauge: (name, value, labels) => note(name, value, labels),
    observe: (name, value, labels) => note(name, value, labels),
  };
  return { told, metrics };
}

const system: Context = aContext({ tenantId: SYSTEM_TENANT });

export function consumerWorld({ contexts, declared, faults }: ConsumerWorldOptions): ConsumerWorld {
  const time = new VirtualTime();
  const scheduler = schedulerOf(time);
  const topology = topologyOf([...contexts], [declared]);
  const broker = memoryBroker({ topology, scheduler, ...(faults && { faults }) });
  const store = memoryStore({ clock: time.clock });
  const { told, metrics } = notebook();
  const sender = broker.connect();
  const service: ServiceName = declared.service;
  const newId = countingIds();
  let count = 0;
  return {
    time,
    scheduler,
    broker,
    store,
    told,
    metrics,
    publish: (message) => void sender.publish(message).catch(() => undefined),
    process: (subscriptions, o = {}) => {
      const base = { service, store, bus: broker.connect(), clock: time.clock, newId };
      const owner = `owner${count++}`;
      const consumers = createConsumers({ ...base, owner, scheduler, metrics, subscriptions, ...o });
      consumers.start();
      return consumers;
    },
    deadLetters: async () => (await store.collection(deadLetterRows, system).query({ index: 'byState' })).items,
  };
}
