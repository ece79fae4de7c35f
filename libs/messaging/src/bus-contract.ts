import { type ConsumerSpec, context, declareService, topologyOf } from '@gts/contracts';
import { z } from 'zod';
import type { Bus, BusMessage, Delivery } from './bus';
import { MESSAGE_ID } from './headers';

const toys = context('shootouts');
const Happened = toys.event('Happened', {
  aggregate: 'Toy',
  version: 1,
  summary: 'Something happened.',
  data: z.strictObject({}),
  example: {},
});
/** The streams and the durable that the suite needs; the scaled ack wait keeps it short. */
export const contractTopology = (() => {
  const declared = declareService('rendering', {
    subscriptions: [{ name: 'contract', kind: 'handler', from: [Happened] }],
  });
  const topology = topologyOf([toys], [declared], { limits: 'development' });
  const scaled = (spec: ConsumerSpec): ConsumerSpec => ({ ...spec, ackWaitMs: 1000 });
  return { ...topology, consumers: topology.consumers.map(scaled) };
})();

const ref = { stream: 'EVT_SHOOTOUTS', durable: 'rendering__contract' };
const text = new TextEncoder();
/** A message with its own id; subject tokens as the encoder makes them. */
export const contractMessage = (id: string, subject = 'evt.shootouts.p00.Toy.Happened'): BusMessage => ({
  subject,
  headers: { [MESSAGE_ID]: `shootouts:${id}`, 'Gts-Type': 'shootouts.Happened' },
  body: text.encode(id),
});

type Case = Readonly<{
  name: string;
  prove(bus: Bus): Promise<Readonly<Record<string, unknown>>>;
  expected: Readonly<Record<string, unknown>>;
}>;
const nextOf = async (bus: Bus): Promise<Delivery> => {
  const found = await bus.next(ref, { expiresMs: 5000 });
  if (!found) throw new Error('nothing came');
  return found;
};
const idOf = ({ body }: Delivery): string => new TextDecoder().decode(body);
const bring = (bus: Bus, count: number): Promise<string[]> =>
  new Promise((resolve) => {
    const got: string[] = [];
    const pull = bus.consume({
      ...ref,
      maxMessages: 4,
      onMessage: (delivery) => {
        got.push(idOf(delivery));
        delivery.ack();
        if (got.length === count) void pull.stop().then(() => resolve(got));
      },
    });
  });

/** What every bus means; each case answers facts, so that the suite needs no test framework. */
export const busContract: readonly Case[] = [
  {
    name: 'a second message with the same id is dropped, whatever its subject',
    prove: async (bus) => {
      const first = await bus.publish(contractMessage('a'));
      const second = await bus.publish(contractMessage('a', 'evt.shootouts.p01.Toy.Happened'));
      return { first: first.duplicate, second: second.duplicate, same: first.seq === second.seq };
    },
    expected: { first: false, second: true, same: true },
  },
  {
    name: 'messages come in order, each once, with a window that is smaller than their number',
    prove: async (bus) => {
      const ids = Array.from({ length: 20 }, (_, at) => `m${at}`);
      for (const id of ids) await bus.publish(contractMessage(id));
      return { same: (await bring(bus, ids.length)).join() === ids.join(), left: (await bus.info(ref)).pending };
    },
    expected: { same: true, left: 0 },
  },
  {
    name: 'a nak with a delay brings the message again, counted, and keeps its place meanwhile',
    prove: async (bus) => {
      await bus.publish(contractMessage('again'));
      const first = await nextOf(bus);
      first.nak(50);
      const second = await nextOf(bus);
      const { ackPending } = await bus.info(ref);
      second.ack();
      return { counts: [first.deliveryCount, second.deliveryCount], same: first.seq === second.seq, ackPending };
    },
    expected: { counts: [1, 2], same: true, ackPending: 1 },
  },
  {
    name: 'what nobody settles comes again after the ack wait',
    prove: async (bus) => {
      await bus.publish(contractMessage('lost'));
      await nextOf(bus);
      const second = await nextOf(bus);
      second.ack();
      return { id: idOf(second), count: second.deliveryCount };
    },
    expected: { id: 'lost', count: 2 },
  },
  {
    name: 'settling twice counts once',
    prove: async (bus) => {
      await bus.publish(contractMessage('twice'));
      const delivery = await nextOf(bus);
      delivery.ack();
      delivery.nak();
      return { next: await bus.next(ref, { expiresMs: 1000 }) };
    },
    expected: { next: undefined },
  },
  {
    name: 'a subject that no stream takes is refused, not lost',
    prove: async (bus) => {
      const refused = await bus.publish({ ...contractMessage('x'), subject: 'nobody.there' }).catch((e: unknown) => e);
      return { code: (refused as { code?: string }).code };
    },
    expected: { code: 'BUS.NO_RESPONDERS' },
  },
  {
    name: 'an abort ends the wait for a message',
    prove: async (bus) => {
      const stop = new AbortController();
      const waiting = bus.next(ref, { expiresMs: 60_000, signal: stop.signal });
      stop.abort();
      return { got: await waiting };
    },
    expected: { got: undefined },
  },
];
