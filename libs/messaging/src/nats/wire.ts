import type { Msg, MsgHdrs } from 'nats';

/** Headers as the protocol has them; building the client's own object for each message costs more than sending it. */
export function rawHeaders(headers: Readonly<Record<string, string>>): MsgHdrs {
  let text = 'NATS/1.0\r\n';
  for (const key of Object.keys(headers)) text += `${key}: ${(headers[key] ?? '').replace(/[\r\n]/g, ' ')}\r\n`;
  const bytes = Buffer.from(`${text}\r\n`);
  // The client asks a header object for its bytes and for nothing else.
  return { encode: () => bytes } as unknown as MsgHdrs;
}

/** Text that is a header section already, in the client's shape. */
export const asHeaders = (text: string): MsgHdrs => {
  const bytes = Buffer.from(text);
  return { encode: () => bytes } as unknown as MsgHdrs;
};

/** What the client keeps of a message before it decodes anything; absent in other versions of it. */
type Raw = Readonly<{ _rdata?: Uint8Array; _msg?: { hdr: number; subject: Uint8Array } }>;
const utf8 = new TextDecoder();

/** A socket's chunk is a Buffer, whose own decoding is several times faster. */
const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.isBuffer(bytes) ? bytes.toString('utf8', from, to) : utf8.decode(bytes.subarray(from, to));

function rawText(msg: Msg): string | undefined {
  const { _rdata: bytes, _msg: at } = msg as unknown as Raw;
  return bytes && at && at.hdr > 0 ? textOf(bytes, 0, at.hdr) : undefined;
}

/** The header section as text, built anew where the client does not keep it. */
export function headerText(msg: Msg): string {
  const raw = rawText(msg);
  if (raw !== undefined) return raw;
  return Object.entries(decoded(msg)).reduce((text, [key, value]) => `${text}${key}: ${value}\r\n`, 'NATS/1.0\r\n');
}

/** Reads one header out of a header section; undefined where it is absent. */
export const headerReader = (name: string): ((text: string) => string | undefined) => {
  const start = `\r\n${name}:`;
  return (text) => {
    const at = text.indexOf(start);
    if (at === -1) return undefined;
    const from = at + start.length;
    return text.slice(from, text.indexOf('\r\n', from)).trim();
  };
};

/** The body as text. */
export function bodyText(msg: Msg): string {
  const { _rdata: bytes, _msg: at } = msg as unknown as Raw;
  return bytes && at ? textOf(bytes, Math.max(0, at.hdr), bytes.length) : msg.string();
}

/** Last token of a message's subject, without decoding the rest of it. */
export function lastTokenOf(msg: Msg): string {
  const subject = (msg as unknown as Raw)._msg?.subject;
  if (!subject) return lastToken(msg.subject);
  return textOf(subject, subject.lastIndexOf(DOT) + 1, subject.length);
}
const DOT = 0x2e;

function decoded({ headers }: Msg): Record<string, string> {
  const found: Record<string, string> = {};
  if (headers) for (const [key, values] of headers) found[key] = values[0] ?? '';
  return found;
}

/** Headers of a received message, first value of each; reading the text ourselves halves the cost of a delivery. */
export function headersOfMsg(msg: Msg): Record<string, string> {
  const text = rawText(msg);
  if (text === undefined) return decoded(msg);
  const found: Record<string, string> = {};
  let from = text.indexOf('\r\n') + 2;
  for (let to = text.indexOf('\r\n', from); to > from; to = text.indexOf('\r\n', from)) {
    const colon = text.indexOf(':', from);
    const key = text.slice(from, colon);
    if (colon > from && colon < to) found[key] ??= text.slice(colon + 1, to).trim();
    from = to + 2;
  }
  return found;
}

/** Status of a message from the broker itself, 0 for everything else. */
export function statusOf(msg: Msg): number {
  const { _rdata: bytes, _msg: at } = msg as unknown as Raw;
  // `NATS/1.0 ` and three digits; ordinary headers have a line end there.
  if (bytes && at) return at.hdr > 12 && bytes[8] === SPACE ? Number(utf8.decode(bytes.subarray(9, 12))) : 0;
  return msg.headers?.code ?? 0;
}
const SPACE = 0x20;

/** Last token of a subject: which request an answer belongs to. */
export const lastToken = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);

/** Position and count of a delivery, from its reply subject. */
export type AckSubject = Readonly<{ stream: string; seq: number; deliveryCount: number; consumerSeq: number }>;

/** Nine tokens without domain and account, at least eleven with them. */
const LONGER_FORM = 9;
/** Takes `$JS.ACK.<stream>.<durable>.<count>.<seq>…` apart, also the longer form with domain and account. */
export function ackSubject(reply: string): AckSubject {
  const tokens = reply.split('.', LONGER_FORM + 2);
  const at = tokens.length > LONGER_FORM ? 4 : 2;
  const [deliveryCount = NaN, seq = NaN, consumerSeq = NaN] = tokens.slice(at + 2, at + 5).map(Number);
  return { stream: tokens[at] ?? '', deliveryCount, seq, consumerSeq };
}
