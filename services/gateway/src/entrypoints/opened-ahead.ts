import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections over which nothing was asked yet. */
export type OpenedAhead = Readonly<{ close(): void }>;

/**
 * Looks after connections that a client opens ahead of its requests. Node takes one for a request whose headers are
 * late, and waits for it when the server closes; clients take it for one that is kept open, and send a request into it
 * at any time. So it lives `keepMs`, as those that have been used do, and ends at once when the server closes.
 */
export function openedAhead(server: Server, keepMs: number): OpenedAhead {
  const unused = new Map<Socket, NodeJS.Timeout>();
  const forget = (socket: Socket): void => {
    clearTimeout(unused.get(socket));
    unused.delete(socket);
  };
  server.on('connection', (socket: Socket) => {
    unused.set(socket, setTimeout(() => socket.destroy(), keepMs).unref());
    socket.once('close', () => forget(socket));
  });
  server.on('request', ({ socket }: IncomingMessage) => forget(socket));
  return {
    close() {
      for (const socket of unused.keys()) if (isUntouched(socket)) socket.destroy();
    },
  };
}

/** Not even the beginning of a request has come. */
export const isUntouched = (socket: Socket): boolean => socket.bytesRead === 0;
