import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { DomainError } from '@gts/kernel';
import { http } from '../application/errors';
import { toProblem } from '../application/problem';
import { isUntouched } from './opened-ahead';

type ClientError = Error & { code: string; rawPacket?: Buffer };
const LINE_BYTES = 8 * 1024;

function refusalOf({ code, rawPacket }: ClientError): DomainError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return http.REQUEST_TIMEOUT('the request came too slowly');
  if (code !== 'HPE_HEADER_OVERFLOW') return http.BAD_REQUEST('this is not readable HTTP');
  const line = rawPacket?.indexOf('\r\n') ?? -1;
  return line === -1 || line > LINE_BYTES
    ? http.URI_TOO_LONG('the request line is longer than 8 KiB')
    : http.HEADERS_TOO_LARGE('the headers are longer than 16 KiB');
}

/** What the HTTP parser refuses never becomes a request: answered by hand, then the connection is closed. */
export const clientErrorHandler =
  (newTraceId: () => string) =>
  (error: ClientError, socket: Socket): void => {
    // Nobody has begun to ask: a request may be on its way (opened-ahead.ts ends what stays unused).
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUntouched(socket)) return;
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const traceId = newTraceId();
    const { status, body } = toProblem(refusalOf(error), { path: '/', traceId });
    const text = JSON.stringify(body);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(text)}`,
      `trace-id: ${traceId}`,
      'cache-control: private, no-store',
      'x-content-type-options: nosniff',
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  };
