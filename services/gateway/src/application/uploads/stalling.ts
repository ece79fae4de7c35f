import type { IncomingMessage } from 'node:http';

const WINDOW_MS = 20_000;
const LEAST_BYTES = 20 * 1024;

/** Aborts and ends a body that brings less than 1 KiB/s over 20 s (api.md §5, row 3). */
export function stalling(body: IncomingMessage): AbortSignal {
  const controller = new AbortController();
  let seen = body.socket.bytesRead;
  const timer = setInterval(() => {
    const now = body.socket.bytesRead;
    if (now - seen < LEAST_BYTES && !body.readableEnded) {
      clearInterval(timer);
      controller.abort();
      body.emit('error', new Error('the body came too slowly'));
    }
    seen = now;
  }, WINDOW_MS);
  timer.unref();
  // Whoever read the body may have given up before it stalls.
  body.on('error', () => undefined);
  const stop = () => clearInterval(timer);
  body.once('close', stop).once('end', stop);
  return controller.signal;
}
