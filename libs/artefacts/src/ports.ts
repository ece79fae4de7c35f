import type { Readable } from 'node:stream';

/** Inclusive byte positions, as in an HTTP Range; `start` absent: the last `end` bytes are not meant, ask stat first. */
export type ByteRange = Readonly<{ start: number; end: number }>;
export type StoredArtefact = Readonly<{ sha256: string; bytes: number }>;

/**
 * Content-addressed bytes, put-if-absent, shared by all contexts; a handle belongs to one context and keeps its marks.
 * @throws `store.full`, `store.unavailable`, `input.corrupt` (audio.md §5)
 */
export interface ArtefactStore {
  put(bytes: Readable | Uint8Array, options?: { limit?: number; signal?: AbortSignal }): Promise<StoredArtefact>;
  /** Null when absent. A whole read verifies the hash. */
  get(sha256: string, range?: ByteRange): Promise<Readable | null>;
  /** The whole content in memory, verified; null when absent. */
  read(sha256: string): Promise<Uint8Array | null>;
  stat(sha256: string): Promise<StoredArtefact | null>;
  /** Sets this context's mark. False when the content is gone. */
  keep(sha256: string): Promise<boolean>;
  /** Takes away this context's mark only; a sweep removes what nobody marks for 24 h. */
  delete(sha256: string): Promise<void>;
  sweep(): Promise<number>;
}
