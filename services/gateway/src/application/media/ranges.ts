import type { ByteRange } from '@gts/artefacts';

export type RangeAsked = Readonly<{ kind: 'whole' } | { kind: 'part'; range: ByteRange } | { kind: 'unsatisfiable' }>;

/**
 * Reads a Range header (RFC 9110 §14) against a file of `bytes` bytes. Several ranges and anything unreadable
 * mean the whole file; one range beyond its end is unsatisfiable.
 */
export function rangeOf(header: string | undefined, bytes: number): RangeAsked {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [first = '', last = ''] = match?.slice(1) ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  return first === '' ? suffix(Number(last), bytes) : between(Number(first), last, bytes);
}

function between(start: number, last: string, bytes: number): RangeAsked {
  const end = last === '' ? bytes - 1 : Number(last);
  if (last !== '' && end < start) return { kind: 'whole' };
  if (start >= bytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { start, end: Math.min(end, bytes - 1) } };
}

function suffix(length: number, bytes: number): RangeAsked {
  if (length === 0 || bytes === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { start: Math.max(0, bytes - length), end: bytes - 1 } };
}
