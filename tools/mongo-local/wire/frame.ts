// Messages of MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first `hello` of a connection.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
import { documentAt, elementsOf, invalid, textOf, type Element } from '../bson/elements.ts';
import { crc32c } from './crc32c.ts';

export const HEAD_BYTES = 16;
const MAX_MESSAGE_BYTES = 48_000_000;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const UNKNOWN_REQUIRED = 0xff_fc;

/** A command as it came: its document in bytes, and each sequence as documents one after another. */
export type Command = Readonly<{
  name: string;
  database: string;
  document: Buffer;
  fields: ReadonlyMap<string, Element>;
  sequences: ReadonlyMap<string, Buffer>;
}>;
export type Request = Readonly<{
  command: Command;
  /** False when the client asked for silence (`w: 0`). */
  wantsReply: boolean;
  replyWith: (document: Buffer) => Buffer;
}>;

/** The peer does not speak the protocol: the connection ends. */
export class ProtocolError extends Error {}

export function sizeOfMessage(head: Buffer): number {
  const size = head.readInt32LE(0);
  if (size < HEAD_BYTES + 5 || size > MAX_MESSAGE_BYTES) throw new ProtocolError(`a message of ${size} bytes`);
  return size;
}

function commandOf(document: Buffer, database: string | undefined, sequences = new Map<string, Buffer>()): Command {
  const elements = elementsOf(document);
  const fields = new Map(elements.map((element) => [element.name, element]));
  const name = elements[0]?.name;
  if (name === undefined) throw invalid('a command without a name');
  const inside = database ?? textOf(fields.get('$db'));
  if (inside === undefined) throw invalid('a command without $db');
  return { name, database: inside, document, fields, sequences };
}

function sectionsOf(bytes: Buffer): Command {
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const kind = bytes[at];
    at += 1;
    if (at + 4 > bytes.length) throw new ProtocolError('a section that is cut off');
    const length = bytes.readInt32LE(at);
    if (length < 5 || at + length > bytes.length) throw new ProtocolError(`a section of ${length} bytes`);
    if (kind === 0) body = documentAt(bytes, at);
    else if (kind === 1) addSequence(sequences, bytes.subarray(at + 4, at + length));
    else throw new ProtocolError(`a section of kind ${kind}`);
    at += length;
  }
  if (!body) throw new ProtocolError('a message without a body');
  return commandOf(body, undefined, sequences);
}

function addSequence(sequences: Map<string, Buffer>, section: Buffer): void {
  const end = section.indexOf(0);
  if (end < 0) throw new ProtocolError('a sequence without a name');
  sequences.set(section.toString('utf8', 0, end), section.subarray(end + 1));
}

function head(length: number, responseTo: number, code: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeInt32LE(HEAD_BYTES + length, 0);
  bytes.writeInt32LE(responseTo, 8);
  bytes.writeInt32LE(code, 12);
  return bytes;
}

const FLAGS_AND_KIND = Buffer.alloc(5);
const messageReply = (id: number) => (document: Buffer) =>
  Buffer.concat([head(5 + document.length, id, OP_MSG), FLAGS_AND_KIND, document]);

/** Flags, a cursor id and a position of zero; one document. */
const REPLY_FIELDS = Buffer.alloc(20);
REPLY_FIELDS.writeInt32LE(8, 0);
REPLY_FIELDS.writeInt32LE(1, 16);
const queryReply = (id: number) => (document: Buffer) =>
  Buffer.concat([head(20 + document.length, id, OP_REPLY), REPLY_FIELDS, document]);

function messageRequest(bytes: Buffer): Request {
  const flags = bytes.readUInt32LE(HEAD_BYTES);
  if (flags & UNKNOWN_REQUIRED) throw new ProtocolError(`flags ${flags}`);
  const end = flags & CHECKSUM_PRESENT ? bytes.length - 4 : bytes.length;
  if (flags & CHECKSUM_PRESENT && bytes.readUInt32LE(end) !== crc32c(bytes.subarray(0, end)))
    throw new ProtocolError('a wrong checksum');
  const command = sectionsOf(bytes.subarray(HEAD_BYTES + 4, end));
  return { command, wantsReply: !(flags & MORE_TO_COME), replyWith: messageReply(bytes.readInt32LE(4)) };
}

function queryRequest(bytes: Buffer): Request {
  const nameEnd = bytes.indexOf(0, HEAD_BYTES + 4);
  if (nameEnd < 0) throw new ProtocolError('a query without a collection');
  const [database = ''] = bytes.toString('utf8', HEAD_BYTES + 4, nameEnd).split('.');
  const command = commandOf(documentAt(bytes, nameEnd + 9), database);
  return { command, wantsReply: true, replyWith: queryReply(bytes.readInt32LE(4)) };
}

/** Reads one whole message. @throws ProtocolError or CommandError 22; both mean that nothing behind it can be trusted */
export function requestOf(bytes: Buffer): Request {
  const code = bytes.readInt32LE(12);
  if (code === OP_MSG) return messageRequest(bytes);
  if (code === OP_QUERY) return queryRequest(bytes);
  throw new ProtocolError(`operation ${code}`);
}
