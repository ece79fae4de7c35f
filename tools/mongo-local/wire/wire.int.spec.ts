import { connect } from 'node:net';
import { once } from 'node:events';
import type { Document } from 'bson';
import { connectRaw, message } from '../spec-support/raw-client.ts';
import { listen, type Session } from './server.ts';
import { encode } from '../bson/reply.ts';
import { numberOf } from '../bson/elements.ts';

type Held = Readonly<{ number: number; answer: () => void }>;
const HERE = { host: '127.0.0.1', port: 0 };

/** A server whose answers the test gives by hand. */
async function start() {
  const held: Held[] = [];
  const logged: string[] = [];
  let ended = 0;
  let arrived = () => {};
  const open = (): Session => ({
    answer: ({ name, fields }) =>
      new Promise((resolve) => {
        const number = numberOf(fields.get(name)) ?? 0;
        held.push({ number, answer: () => resolve(encode({ number })) });
        arrived();
      }),
    end: () => {
      ended += 1;
      arrived();
    },
  });
  const { address, close } = await listen(HERE, open, (line) => void logged.push(line));
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => void (arrived = resolve));
  };
  return {
    address: `${address.host}:${address.port}`,
    port: address.port,
    close,
    held,
    logged,
    ended: () => ended,
    until,
  };
}

describe('a connection', () => {
  let server: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => void (server = await start()));
  afterEach(() => server.close());
  const ask = (number: number): Document => ({ ping: number, $db: 'admin' });

  test('answers in the order of its requests, one after another', async () => {
    const client = await connectRaw(server.address);
    client.send(Buffer.concat([message(ask(1), { id: 11 }), message(ask(2), { id: 12 })]));
    await server.until(() => server.held.length === 1);
    server.held[0]?.answer();
    expect(await client.next()).toEqual({ responseTo: 11, document: { number: 1 } });
    await server.until(() => server.held.length === 2);
    server.held[1]?.answer();
    expect(await client.next()).toEqual({ responseTo: 12, document: { number: 2 } });
    client.close();
  });

  test('says nothing to who asked for silence, and goes on', async () => {
    const client = await connectRaw(server.address);
    client.send(Buffer.concat([message(ask(1), { id: 11, flags: 2 }), message(ask(2), { id: 12 })]));
    for (const at of [0, 1]) {
      await server.until(() => server.held.length === at + 1);
      server.held[at]?.answer();
    }
    expect(await client.next()).toEqual({ responseTo: 12, document: { number: 2 } });
    client.close();
  });

  test('does not hold up another one', async () => {
    const [slow, quick] = [await connectRaw(server.address), await connectRaw(server.address)];
    slow.send(message(ask(1)));
    await server.until(() => server.held.length === 1);
    quick.send(message(ask(2)));
    await server.until(() => server.held.length === 2);
    server.held[1]?.answer();
    expect((await quick.next())?.document).toEqual({ number: 2 });
    slow.close();
    quick.close();
  });

  test('takes a message that arrives byte by byte', async () => {
    const client = await connectRaw(server.address);
    for (const byte of message(ask(3))) client.send(Buffer.from([byte]));
    await server.until(() => server.held.length === 1);
    server.held[0]?.answer();
    expect((await client.next())?.document).toEqual({ number: 3 });
    client.close();
  });

  test('tells its session of its end', async () => {
    const client = await connectRaw(server.address);
    client.send(message(ask(1)));
    await server.until(() => server.held.length === 1);
    server.held[0]?.answer();
    await client.next();
    client.close();
    await server.until(() => server.ended() === 1);
    expect(server.logged).toEqual([]);
  });

  test.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a length beyond all limits', Buffer.from('ffffff7f01000000000000000dd7000000000000', 'hex')],
    [
      'a body that is no document',
      Buffer.from('1a000000010000000000000000dd07000000000000000500000000', 'hex').subarray(0, 26),
    ],
  ])('with %s is closed, and the reason noted', async (_, bytes) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close');
    await server.until(() => server.ended() === 1);
    expect(server.held).toEqual([]);
  });
});
