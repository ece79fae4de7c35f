/** What the bucket knows of an object: the fields of NATS object stores, with ours under `metadata`. */
export type Meta = Readonly<{
  name: string;
  bucket: string;
  nuid: string;
  size: number;
  chunks: number;
  digest: string;
  mtime: string;
  deleted?: boolean;
  metadata: Readonly<{
    /** Contexts that want it, comma separated. */
    marks: string;
    /** Epoch milliseconds of the last time that somebody stopped or began to want it. */
    since: string;
    /** Sequences of the chunks as steps in base 36: which message holds which bytes. */
    sequences: string;
  }>;
}>;

/** Sequences rise, so steps are short: 4 characters for a chunk of half a megabyte. */
export const packed = (sequences: readonly number[]): string =>
  sequences.map((seq, at) => (seq - (sequences[at - 1] ?? 0)).toString(36)).join('.');

export function unpacked(text: string): number[] {
  let last = 0;
  return text === '' ? [] : text.split('.').map((step) => (last += Number.parseInt(step, 36)));
}

export const marksOf = ({ metadata }: Meta): ReadonlySet<string> => new Set(metadata.marks.split(',').filter(Boolean));

export const withMarks = (meta: Meta, marks: Iterable<string>, sinceMs: number): Meta => ({
  ...meta,
  metadata: { ...meta.metadata, marks: [...marks].join(','), since: String(sinceMs) },
});

/** How the other tools of NATS write a hash. */
export const digestText = (sha256: string): string =>
  `SHA-256=${Buffer.from(sha256, 'hex').toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
