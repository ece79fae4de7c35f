import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Collector } from '../bytes.ts';
import { type Command, HEAD_BYTES, requestOf, sizeOfMessage } from './frame.ts';

/** What stands behind one connection: answers its commands one after another, and is told of its end. */
export type Session = Readonly<{ answer: (command: Command) => Promise<Buffer>; end: () => void }>;
export type Address = Readonly<{ host: string; port: number }>;

async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (!socket.write(bytes) && !socket.destroyed) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
}

/** One message after another: so answers keep the order of their requests, and a slow command stops the reading. */
async function serve(socket: Socket, session: Session): Promise<void> {
  const collector = new Collector(HEAD_BYTES, sizeOfMessage);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    collector.push(chunk);
    for (let message = collector.take(); message; message = collector.take()) {
      const { command, wantsReply, replyWith } = requestOf(message);
      const answer = await session.answer(command);
      if (wantsReply) await write(socket, replyWith(answer));
    }
  }
}

/** Listens; `open` is asked for a session per connection. @returns how to stop, and where it listens */
export async function listen(
  address: Address,
  open: () => Session,
  log: (line: string) => void,
): Promise<{ address: Address; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    const session = open();
    serve(socket, session)
      .catch((error: Error) => socket.destroyed || log(`connection ended: ${error.message}`))
      .finally(() => {
        sockets.delete(socket);
        socket.destroy();
        session.end();
      });
  }).listen(address.port, address.host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const close = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  return { address: { host: address.host, port }, close };
}
