/** What stands where in the bucket. */
export const keys = {
  content: (sha256: string): string => `${sha256.slice(0, 2)}/${sha256}`,
  marks: (sha256: string): string => `.marks/${sha256}/`,
  mark: (sha256: string, context: string): string => `.marks/${sha256}/${context}`,
  /** Since when nobody has marked it, as epoch milliseconds. */
  free: (sha256: string): string => `.free/${sha256}`,
  /** The sweep is about to take it away: whoever wants it waits for the outcome. */
  doomed: (sha256: string): string => `.doomed/${sha256}`,
};

const shapes = {
  content: /^[0-9a-f]{2}\/([0-9a-f]{64})$/,
  mark: /^\.marks\/([0-9a-f]{64})\//,
  free: /^\.free\/([0-9a-f]{64})$/,
  doomed: /^\.doomed\/([0-9a-f]{64})$/,
};
export type KeyKind = keyof typeof shapes;

/** Which content a key is about, and how; undefined for what is none of ours. */
export function kindOfKey(key: string): Readonly<{ kind: KeyKind; sha256: string }> | undefined {
  for (const [kind, shape] of Object.entries(shapes)) {
    const sha256 = shape.exec(key)?.[1];
    if (sha256 !== undefined) return { kind: kind as KeyKind, sha256 };
  }
  return undefined;
}
