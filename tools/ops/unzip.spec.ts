import { deflateRawSync } from 'node:zlib';
import { unzip } from './unzip.ts';

/** An archive of one file, as PKWARE's note describes it. */
function archive(name: string, text: string): Buffer {
  const body = deflateRawSync(Buffer.from(text));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(body.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + body.length, 16);
  return Buffer.concat([local, Buffer.from(name), body, entry, Buffer.from(name), end]);
}

test('one file comes out as it went in', () => {
  expect(unzip(archive('kubectl/kubectl', 'a program'), 'kubectl/kubectl').toString()).toBe('a program');
});

test('what is no archive, or has no such file, is refused', () => {
  expect(() => unzip(Buffer.alloc(100), 'a')).toThrow('no zip archive');
  expect(() => unzip(archive('a', 'b'), 'c')).toThrow('has no c');
});
