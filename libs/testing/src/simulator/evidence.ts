import { consumersOf, DEAD_LETTER_STREAM, type Envelope, topologyOf } from '@gts/contracts';
import { type MessageId, SYSTEM_TENANT } from '@gts/kernel';
import type { MemoryBroker } from '@gts/messaging';
import type { CollectionDef, OutboxRow, Stored } from '@gts/persistence';
import { type SagaDefinition, type SagaDetail, sagaHost } from '@gts/saga';
import { aContext, countingIds } from '../ids';
import { plainEncoder } from '../saga/saga-bench';
import { toyCatalogue } from '../toy/contracts';
import type { SimProcess } from './sim-process';
import type { Simulation } from './simulation';

type Stage = Readonly<{ processes: Readonly<Record<'shootouts', SimProcess>>; saga: SagaDefinition }>;
const system = aContext({ tenantId: SYSTEM_TENANT });

/** All sagas, as an operator sees them, read past the living processes. */
export async function sagasOf({ processes, saga }: Stage): Promise<readonly SagaDetail[]> {
  const store = processes.shootouts.rows;
  const { operator } = sagaHost(saga, { store, encoder: plainEncoder(), newId: countingIds(1) });
  const page = await operator.list({ limit: 100 }, system);
  return Promise.all(page.items.map(({ id }) => operator.show(id, system)));
}

/** All documents of a collection, of every tenant. */
export async function documentsOf<T>({ rows }: SimProcess, def: CollectionDef<T>): Promise<readonly Stored<T>[]> {
  return (await rows.scan(def, { limit: 1000 })).items;
}

/** The envelope of a message that this product sent. */
const envelopeIn = ({ body }: Pick<OutboxRow, 'body'>): Envelope =>
  JSON.parse(new TextDecoder().decode(body)) as Envelope;

/** Which of the messages a consumer has in its inbox. */
export const inboxOf = (process: SimProcess, consumer: string, ids: readonly MessageId[]) =>
  process.rows.transaction(system, (unit) => unit.inbox.seen(consumer, ids));

/** What no consumer has settled yet. */
export async function unsettled({
  broker,
  subscriptions,
}: Pick<Simulation, 'broker' | 'subscriptions'>): Promise<number> {
  const bus = broker.connect();
  const states = await Promise.all(subscriptions.flatMap(consumersOf).map((each) => bus.info(each)));
  return states.reduce((sum, { pending, ackPending }) => sum + pending + ackPending, 0);
}

export type StreamMessage = Readonly<{ stream: string; subject: string; envelope: Envelope }>;

const read = new WeakMap<MemoryBroker, readonly StreamMessage[]>();

/**
 * Events and commands of all streams, in order of each, once the run is over; copies of dead letters are left out,
 * they carry another message's body.
 */
export function messagesOf({ broker }: Pick<Simulation, 'broker'>): readonly StreamMessage[] {
  const known = read.get(broker);
  if (known) return known;
  const names = topologyOf(toyCatalogue, []).streams.map(({ name }) => name);
  const messages = names
    .filter((name) => name !== DEAD_LETTER_STREAM)
    .flatMap((stream) =>
      broker.messages(stream).map((each) => ({ stream, subject: each.subject, envelope: envelopeIn(each) })),
    );
  read.set(broker, messages);
  return messages;
}
