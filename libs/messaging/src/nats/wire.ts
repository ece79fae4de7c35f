import type { Msg, MsgHdrs } from 'nats';

/** Headers as the protocol has them; building the client's own object for each message costs more than sending it. */
export function rawHeaders(headers: Readonly<Record<string, string>>): MsgHdrs {
  let text = 'NATS/1.0\r\n';
  for (const key of Object.keys(headers)) text += `${key}: ${(headers[key] ?? '').replace(/[\r\n]/g, ' ')}\r\n`;
  const bytes = Buffer.from(`${text}\r\n`);
  // The client asks a header object for its bytes and for nothing else.
  return { encode: () => bytes } as unknown as MsgHdrs;
}

/** Headers of a received message, first value of each. */
export function headersOfMsg({ headers }: Msg): Record<string, string> {
  const found: Record<string, string> = {};
  if (headers) for (const [key, values] of headers) found[key] = values[0] ?? '';
  return found;
}

/** Last token of a subject: which request an answer belongs to. */
export const lastToken = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);

/** Position and count of a delivery, from its reply subject. */
export type AckSubject = Readonly<{ stream: string; seq: number; deliveryCount: number }>;

/** Takes `$JS.ACK.<stream>.<durable>.<count>.<seq>…` apart, also the longer form with domain and account. */
export function ackSubject(reply: string): AckSubject {
  const tokens = reply.split('.');
  const at = tokens.length > 9 ? 4 : 2;
  return { stream: tokens[at] ?? '', deliveryCount: Number(tokens[at + 2]), seq: Number(tokens[at + 3]) };
}
