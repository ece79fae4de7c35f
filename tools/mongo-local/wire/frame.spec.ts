import { deserialize, type Document, serialize } from 'bson';
import fc from 'fast-check';
import { CommandError } from '../gateway/errors.ts';
import { message } from '../spec-support/raw-client.ts';
import { crc32c } from './crc32c.ts';
import { ProtocolError, requestOf, sizeOfMessage } from './frame.ts';

const HEAD = 16;
const CHECKSUM = 1;
const SILENT = 2;
const UNKNOWN = 4;
const EXHAUST = 1 << 16;
const ping = { ping: 1, $db: 'admin' };

/** A sequence of documents as a section of kind 1. */
function section(name: string, documents: readonly Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((each) => serialize(each))]);
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeInt32LE(4 + content.length, 1);
  return Buffer.concat([head, content]);
}

function lengthened(bytes: Buffer, more: Buffer): Buffer {
  const all = Buffer.concat([bytes, more]);
  all.writeInt32LE(all.length, 0);
  return all;
}

function withChecksum(bytes: Buffer, change = 0): Buffer {
  const all = lengthened(bytes, Buffer.alloc(4));
  all.writeUInt32LE((crc32c(all.subarray(0, -4)) ^ change) >>> 0, all.length - 4);
  return all;
}

function query(command: Document): Buffer {
  const name = Buffer.from('admin.$cmd\0');
  const head = Buffer.alloc(HEAD + 4);
  head.writeInt32LE(9, 4);
  head.writeInt32LE(2004, 12);
  const numbers = Buffer.alloc(8);
  return lengthened(head, Buffer.concat([name, numbers, serialize(command)]));
}

test('the checksum is the one of RFC 3720', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3_06_92_83);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a_91_36_aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62_a8_ab_43);
});

test('a body names the command and its database', () => {
  const { command, wantsReply } = requestOf(message({ find: 'tones', $db: 'catalogue' }));
  expect(command).toMatchObject({ name: 'find', database: 'catalogue' });
  expect(wantsReply).toBe(true);
});

test('sequences stay bytes beside the body, before or behind it', () => {
  const documents = [{ _id: 1 }, { _id: 2 }];
  const { command } = requestOf(lengthened(message({ insert: 'a', $db: 'b' }), section('documents', documents)));
  expect(command.sequences.get('documents')).toEqual(Buffer.concat(documents.map((each) => serialize(each))));
});

test('a checksum is held against the bytes', () => {
  expect(requestOf(withChecksum(message(ping, { flags: CHECKSUM }))).command.name).toBe('ping');
  expect(() => requestOf(withChecksum(message(ping, { flags: CHECKSUM }), 1))).toThrow('a wrong checksum');
});

test('a client that wants silence gets it; unknown wishes are let pass, unknown demands are not', () => {
  expect(requestOf(message(ping, { flags: SILENT })).wantsReply).toBe(false);
  expect(requestOf(message(ping, { flags: EXHAUST })).wantsReply).toBe(true);
  expect(() => requestOf(message(ping, { flags: UNKNOWN }))).toThrow(ProtocolError);
});

test('the greeting of old drivers is understood, and answered in kind', () => {
  const { command, replyWith } = requestOf(query({ hello: 1 }));
  expect(command).toMatchObject({ name: 'hello', database: 'admin' });
  const reply = replyWith(Buffer.from(serialize({ ok: 1 })));
  expect([reply.readInt32LE(0), reply.readInt32LE(8), reply.readInt32LE(12)]).toEqual([reply.length, 9, 1]);
  expect([reply.readInt32LE(HEAD), reply.readInt32LE(HEAD + 16)]).toEqual([8, 1]);
  expect(deserialize(reply.subarray(HEAD + 20))).toEqual({ ok: 1 });
});

test('an answer names the request it belongs to', () => {
  const reply = requestOf(message(ping, { id: 77 })).replyWith(Buffer.from(serialize({ ok: 1 })));
  expect([reply.readInt32LE(0), reply.readInt32LE(8), reply.readInt32LE(12)]).toEqual([reply.length, 77, 2013]);
});

test.each([
  ['an operation nobody knows', (bytes: Buffer) => bytes.writeInt32LE(2010, 12)],
  ['a section of no kind', (bytes: Buffer) => bytes.writeUInt8(2, HEAD + 4)],
  ['a body longer than the message', (bytes: Buffer) => bytes.writeInt32LE(9999, HEAD + 5)],
])('%s is refused', (_, spoil) => {
  const bytes = message(ping);
  spoil(bytes);
  expect(() => requestOf(bytes)).toThrow(ProtocolError);
});

test.each([0, 15, 20, 48_000_001, -1])('a message of %i bytes is refused before it is awaited', (size) => {
  const head = Buffer.alloc(HEAD);
  head.writeInt32LE(size);
  expect(() => sizeOfMessage(head)).toThrow(ProtocolError);
});

test('whatever bytes arrive, they are read or refused', () => {
  const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
  const original = lengthened(message({ insert: 'a', $db: 'b' }), section('documents', [{ _id: 1 }]));
  fc.assert(
    fc.property(change, (changes) => {
      const bytes = Buffer.from(original);
      for (const [at, byte] of changes) bytes[HEAD + (at % (bytes.length - HEAD))] = byte;
      const read = () => {
        try {
          return requestOf(bytes).command.name !== '';
        } catch (error) {
          return error instanceof ProtocolError || error instanceof CommandError;
        }
      };
      expect([true, false]).toContain(read());
    }),
    { numRuns: 500 },
  );
});
