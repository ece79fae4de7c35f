import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { deserialize, type Document, serialize } from 'bson';
import { Collector } from '../bytes.ts';

const HEAD = 16;
const OP_MSG = 2013;

/** A message of one body, as a driver frames it. */
export function message(command: Document, { id = 1, flags = 0 } = {}): Buffer {
  const body = Buffer.from(serialize(command));
  const head = Buffer.alloc(HEAD + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(OP_MSG, 12);
  head.writeUInt32LE(flags, HEAD);
  return Buffer.concat([head, body]);
}

/** Speaks the wire protocol byte by byte, for what the official driver would never send. */
export type RawClient = Readonly<{
  send: (bytes: Buffer) => void;
  /** The next answer; undefined when the server closed the connection. */
  next: () => Promise<Readonly<{ responseTo: number; document: Document }> | undefined>;
  ask: (command: Document) => Promise<Document>;
  close: () => void;
}>;

async function* answers(socket: Socket) {
  const collector = new Collector(HEAD, (head) => head.readInt32LE(0));
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    collector.push(chunk);
    for (let bytes = collector.take(); bytes; bytes = collector.take()) {
      const at = bytes.readInt32LE(12) === OP_MSG ? HEAD + 5 : HEAD + 20;
      yield { responseTo: bytes.readInt32LE(8), document: deserialize(bytes.subarray(at)) };
    }
  }
}

export async function connectRaw(address: string): Promise<RawClient> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  socket.on('error', () => {});
  const incoming = answers(socket);
  const next = async () => {
    const { value, done } = await incoming.next();
    return done ? undefined : value;
  };
  const ask = async (command: Document) => {
    socket.write(message(command));
    return (await next())?.document ?? {};
  };
  return { send: (bytes) => void socket.write(bytes), next, ask, close: () => socket.destroy() };
}
