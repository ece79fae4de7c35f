import { schedulerOf, VirtualTime } from '@gts/testing';
import type { Msg, NatsConnection } from 'nats';
import type { BusMessage } from '../bus';
import type { Metrics } from '../ports';
import { Publisher } from './publisher';

const MOST_PAYLOAD = 1024;
const message: BusMessage = { subject: 'evt.shootouts.p00.Toy.Happened', headers: {}, body: new Uint8Array(3) };
const text = new TextEncoder();
type Answered = (error: unknown, msg: Msg) => void;

/** A connection that answers only what a test says. */
function setUp() {
  const time = new VirtualTime();
  const replies: string[] = [];
  let answered: Answered = () => undefined;
  const nc = {
    info: { max_payload: MOST_PAYLOAD },
    subscribe: (_subject: string, { callback }: { callback: Answered }) => {
      answered = callback;
      return { unsubscribe: () => undefined };
    },
    publish: (_subject: string, _body: Uint8Array, { reply }: { reply: string }) => void replies.push(reply),
  };
  const counted: string[] = [];
  const metrics: Metrics = {
    count: (name) => void counted.push(name),
    gauge: () => undefined,
    observe: () => undefined,
  };
  const publisher = new Publisher({
    nc: nc as unknown as NatsConnection,
    inbox: '_INBOX_x',
    scheduler: schedulerOf(time),
    metrics,
  });
  const answer = (reply: string | undefined, body: unknown, code?: number) => {
    const data = text.encode(body === undefined ? '' : JSON.stringify(body));
    const headers = code === undefined ? undefined : Object.assign([], { code });
    answered(undefined, { subject: reply, data, headers, string: () => JSON.stringify(body) } as unknown as Msg);
  };
  /** What became of a publish, once it is settled. */
  const publish = (of: BusMessage = message) =>
    publisher.publish(of).then(
      ({ seq }) => seq,
      (error: { code: string }) => error.code,
    );
  return { time, replies, counted, publisher, answer, publish };
}
const stored = (seq: number) => ({ stream: 'EVT_SHOOTOUTS', seq });

test('no answer within 2 s: the outcome is unknown', async () => {
  const { time, counted, publish } = setUp();
  const outcome = publish();
  await time.pass(1900);
  expect(counted).toEqual([]);
  await time.pass(300);
  expect(await outcome).toBe('BUS.PUBLISH_TIMEOUT');
  expect(counted).toEqual(['messaging_publish_unknown_total']);
});

test('an answer that comes after the time-out is counted and changes nothing', async () => {
  const { time, counted, replies, answer, publish } = setUp();
  const outcome = publish();
  await time.pass(2200);
  answer(replies[0], stored(1));
  expect(await outcome).toBe('BUS.PUBLISH_TIMEOUT');
  expect(counted).toContain('messaging_late_acks_total');
});

test('a disconnect rejects what waits, also what was not sent yet, and what is said meanwhile', async () => {
  const { publisher, publish } = setUp();
  const outcomes = Array.from({ length: 300 }, () => publish());
  publisher.disconnected();
  expect(new Set(await Promise.all([...outcomes, publish()]))).toEqual(new Set(['BUS.DISCONNECTED']));
});

test('an answer of an old generation settles no publish of the new one', async () => {
  const { publisher, replies, answer, publish, counted } = setUp();
  const before = publish();
  publisher.disconnected();
  publisher.reconnected();
  const after = publish();
  expect(await before).toBe('BUS.DISCONNECTED');
  answer(replies[0], stored(1));
  expect(counted).toEqual(['messaging_late_acks_total']);
  answer(replies[1], stored(2));
  expect(await after).toBe(2);
  expect(replies[0]?.split('.')[1]).not.toBe(replies[1]?.split('.')[1]);
});

test('256 are under way, 4096 wait in order, the next is refused', async () => {
  const { publisher, replies, answer, publish } = setUp();
  const outcomes = Array.from({ length: 256 + 4096 }, () => publish());
  expect(replies).toHaveLength(256);
  expect(await publish()).toBe('BUS.PUBLISHER_OVERLOADED');
  answer(replies[0], stored(7));
  expect([await outcomes[0], replies.length]).toEqual([7, 257]);
  const again = publish();
  publisher.close();
  expect(await again).toBe('BUS.DISCONNECTED');
});

test('a message above the limit of the broker is not sent', async () => {
  const { replies, publish } = setUp();
  expect(await publish({ ...message, body: new Uint8Array(MOST_PAYLOAD + 1) })).toBe('BUS.PAYLOAD_TOO_LARGE');
  expect(replies).toEqual([]);
});

test('a denied subject rejects its own and no others', async () => {
  const { publisher, replies, answer, publish } = setUp();
  const denied = publish();
  const other = publish({ ...message, subject: 'evt.shootouts.p01.Toy.Happened' });
  publisher.denied(message.subject);
  answer(replies[1], stored(1));
  expect([await denied, await other]).toEqual(['BUS.PERMISSION_DENIED', 1]);
});

test('an error in the answer, and nobody there', async () => {
  const { replies, answer, publish } = setUp();
  const [refused, unheard] = [publish(), publish()];
  answer(replies[0], { error: { err_code: 10_077, code: 400, description: 'maximum bytes exceeded' } });
  answer(replies[1], undefined, 503);
  expect([await refused, await unheard]).toEqual(['BUS.PUBLISH_REJECTED', 'BUS.NO_RESPONDERS']);
});
