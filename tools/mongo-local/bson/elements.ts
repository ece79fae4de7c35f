import { CommandError } from '../gateway/errors.ts';

/** One element of a document where it lies: nothing is decoded before somebody asks. */
export type Element = Readonly<{ type: number; name: string; start: number; value: Buffer; end: number }>;

const FIXED: Readonly<Record<number, number>> = {
  0x01: 8,
  0x06: 0,
  0x07: 12,
  0x08: 1,
  0x09: 8,
  0x0a: 0,
  0x10: 4,
  0x11: 8,
  0x12: 8,
  0x13: 16,
  0x7f: 0,
  0xff: 0,
};
/** Types whose first four bytes give a length, and how many bytes stand besides it. */
const COUNTED: Readonly<Record<number, number>> = {
  0x02: 4,
  0x03: 0,
  0x04: 0,
  0x05: 5,
  0x0c: 16,
  0x0d: 4,
  0x0e: 4,
  0x0f: 0,
};
const REGEX = 0x0b;

export const invalid = (what: string): CommandError => new CommandError(22, `invalid BSON: ${what}`);

function endOfText(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0, from);
  if (end < 0) throw invalid('a name without an end');
  return end;
}

function endOfValue(type: number, bytes: Buffer, from: number): number {
  const fixed = FIXED[type];
  if (fixed !== undefined) return from + fixed;
  if (type === REGEX) return endOfText(bytes, endOfText(bytes, from) + 1) + 1;
  const besides = COUNTED[type];
  if (besides === undefined) throw invalid(`type ${type}`);
  if (from + 4 > bytes.length) throw invalid('cut off');
  const length = bytes.readInt32LE(from);
  if (length < 0) throw invalid('a negative length');
  return from + length + besides;
}

/** The bytes of the document that begins at `from`. */
export function documentAt(bytes: Buffer, from: number): Buffer {
  const length = from + 4 <= bytes.length ? bytes.readInt32LE(from) : 0;
  if (length < 5 || from + length > bytes.length) throw invalid('a document of a wrong length');
  return bytes.subarray(from, from + length);
}

/** The elements of one document, its nested documents as bytes. @throws CommandError 22 on anything malformed */
export function elementsOf(document: Buffer): readonly Element[] {
  const last = documentAt(document, 0).length - 1;
  if (last !== document.length - 1 || document[last] !== 0) throw invalid('a document without an end');
  const elements: Element[] = [];
  for (let start = 4; start < last;) {
    const type = document.readUInt8(start);
    const nameEnd = endOfText(document, start + 1);
    const end = endOfValue(type, document, nameEnd + 1);
    if (end > last) throw invalid('an element that reaches beyond its document');
    const name = document.toString('utf8', start + 1, nameEnd);
    elements.push({ type, name, start, value: document.subarray(nameEnd + 1, end), end });
    start = end;
  }
  return elements;
}

/** A document without the elements that `drop` names; the bytes of the others are copied as they are. */
export function without(document: Buffer, drop: (name: string) => boolean): Buffer {
  const kept = elementsOf(document).filter(({ name }) => !drop(name));
  const body = kept.map(({ start, end }) => document.subarray(start, end));
  const length = Buffer.alloc(4);
  length.writeInt32LE(5 + body.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([length, ...body, Buffer.alloc(1)]);
}

/** How many documents stand one after another in these bytes. @throws CommandError 22 */
export function countDocuments(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += documentAt(bytes, at).length) count += 1;
  return count;
}

export const textOf = (element: Element | undefined): string | undefined =>
  element?.type === 0x02 ? element.value.toString('utf8', 4, element.value.length - 1) : undefined;

/** A number of any of the three whole or floating kinds; a long loses digits beyond 2^53. */
export function numberOf(element: Element | undefined): number | undefined {
  if (element?.type === 0x01) return element.value.readDoubleLE();
  if (element?.type === 0x10) return element.value.readInt32LE();
  return element?.type === 0x12 ? Number(element.value.readBigInt64LE()) : undefined;
}

export const flagOf = (element: Element | undefined): boolean | undefined =>
  element?.type === 0x08 ? element.value[0] === 1 : undefined;

export const nestedOf = (element: Element | undefined): Buffer | undefined =>
  element?.type === 0x03 || element?.type === 0x04 ? element.value : undefined;
