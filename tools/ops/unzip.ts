import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;

function endOf(zip: Buffer): number {
  for (let at = zip.length - END_BYTES; at >= 0; at--) if (zip.readUInt32LE(at) === END) return at;
  throw new Error('this is no zip archive');
}

/**
 * One file of a zip archive (PKWARE APPNOTE 4.3; stored or deflated, no zip64).
 * @throws Error where the archive has no such file
 */
export function unzip(zip: Buffer, name: string): Buffer {
  const end = endOf(zip);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0 && zip.readUInt32LE(at) === ENTRY; left--) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const bodyAt = at + 46;
    if (zip.toString('utf8', bodyAt, bodyAt + (nameBytes ?? 0)) === name) return bodyOf(zip, at);
    at = bodyAt + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  throw new Error(`the archive has no ${name}`);
}

function bodyOf(zip: Buffer, entry: number): Buffer {
  const header = zip.readUInt32LE(entry + 42);
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const body = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  return zip.readUInt16LE(entry + 10) === 0 ? body : inflateRawSync(body);
}
