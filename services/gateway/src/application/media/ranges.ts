import type { ByteRange } from '@gts/artefacts';

export type RangeAsked = Readonly<{ kind: 'whole' } | { kind: 'part'; range: ByteRange } | { kind: 'unsatisfiable' }>;

/**
 * Reads a Range header (RFC 9110 §14) against a file of `bytes` bytes. Several ranges and anything unreadable
 * mean the whole file; one range beyond its end is unsatisfiable.
 */
export function rangeOf(header: string | undefined, bytes: number): RangeAsked {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return { kind: 'whole' };
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first === '') return suffix(Number(last), bytes);
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  return start >= bytes ? { kind: 'unsatisfiable' } : { kind: 'part', range: { start, end } };
}

function suffix(length: number, bytes: number): RangeAsked {
  if (length === 0 || bytes === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { start: Math.max(0, bytes - length), end: bytes - 1 } };
}
