// The part of PostgreSQL's protocol 3.0 that a trusted local client needs: extended queries, every result binary.
// https://www.postgresql.org/docs/18/protocol-message-formats.html

/** A value of a statement: text is sent as text, bytes as binary. */
export type Value = Buffer | string | null;
export type Statement = Readonly<{ sql: string; values?: readonly Value[] }>;

const PROTOCOL = 196_608;
const BINARY = 1;

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const text = (value: string) => Buffer.from(`${value}\0`);

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const length = 4 + parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(length), ...parts]);
}

export function startup(settings: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.concat([...Object.entries(settings).flat().map(text), Buffer.alloc(1)]);
  return Buffer.concat([int32(8 + body.length), int32(PROTOCOL), body]);
}

export const parse = (name: string, sql: string): Buffer => message('P', text(name), text(sql), int16(0));

export function bind(name: string, values: readonly Value[]): Buffer {
  const formats = values.map((value) => int16(Buffer.isBuffer(value) ? BINARY : 0));
  const contents = values.flatMap((value) => {
    if (value === null) return [int32(-1)];
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
    return [int32(bytes.length), bytes];
  });
  const count = int16(values.length);
  return message('B', text(''), text(name), count, ...formats, count, ...contents, int16(1), int16(BINARY));
}

export const execute = (): Buffer => message('E', text(''), int32(0));
export const sync = (): Buffer => message('S');
export const terminate = (): Buffer => message('X');

/** A row: its columns as the bytes of their binary form. */
export type Row = readonly (Buffer | null)[];

export function rowOf(body: Buffer): Row {
  const row: (Buffer | null)[] = [];
  for (let at = 2, left = body.readInt16BE(0); left > 0; left -= 1) {
    const length = body.readInt32BE(at);
    row.push(length < 0 ? null : body.subarray(at + 4, at + 4 + length));
    at += 4 + Math.max(length, 0);
  }
  return row;
}

/** What PostgreSQL says about a failure. */
export class SqlError extends Error {
  readonly sqlState: string;
  constructor(sqlState: string, text: string) {
    super(text);
    this.sqlState = sqlState;
  }
}

/** The connection ended; whether the statement under way took effect is unknown. */
export const CONNECTION_LOST = '08006';

export function errorOf(body: Buffer): SqlError {
  const fields = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const end = body.indexOf(0, at);
    fields.set(String.fromCharCode(body.readUInt8(at)), body.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return new SqlError(fields.get('C') ?? 'XX000', fields.get('M') ?? 'unknown error');
}
