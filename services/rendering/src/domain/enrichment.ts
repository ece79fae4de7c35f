import type { Failure } from './failure';
import type { FileRef } from './file-ref';

/** In the order in which they are worth having. */
export const enrichmentKinds = ['picture', 'montage', 'video'] as const;
export type EnrichmentKind = (typeof enrichmentKinds)[number];

/** One thing that is made beside a finished set; it may fail alone and be asked for again. */
export type Enrichment = Readonly<{
  kind: EnrichmentKind;
  status: 'queued' | 'running' | 'ready' | 'failed';
  attempt: number;
  /** The message that it was claimed for: one that gave up does not begin anew when it comes again. */
  askedBy?: string | undefined;
  lastFault?: Failure | undefined;
  /** Hashes of what was made; freed with the job. */
  files: readonly string[];
}>;

/** A piece of the montage, in whole milliseconds. */
export type Chapter = Readonly<{ label: string; startMs: number }>;
export type Made = Readonly<{
  file: FileRef;
  chapters?: readonly Chapter[] | undefined;
  chaptersFile?: FileRef | undefined;
}>;
export type EnrichmentOutcome =
  Readonly<{ status: 'ready'; made: Made }> | Readonly<{ status: 'failed'; failure: Failure }>;

export const queued = (kind: EnrichmentKind): Enrichment => ({ kind, status: 'queued', attempt: 0, files: [] });

const filesOf = ({ file, chaptersFile }: Made): readonly string[] =>
  [file, ...(chaptersFile ? [chaptersFile] : [])].map(({ sha256 }) => sha256);

/** Taken by a worker: the attempt counts before anything runs. What had failed begins anew. */
export const claimed = (enrichment: Enrichment, askedBy: string): Enrichment => ({
  ...enrichment,
  askedBy,
  status: 'running',
  attempt: enrichment.status === 'failed' ? 1 : enrichment.attempt + 1,
});

/** Back into the queue after a fault, or with its attempt given back because the replica stops. */
export const requeued = (enrichment: Enrichment, fault: Failure | 'released'): Enrichment => ({
  ...enrichment,
  status: 'queued',
  ...(fault === 'released' ? { attempt: Math.max(0, enrichment.attempt - 1) } : { lastFault: fault }),
});

export const ended = (enrichment: Enrichment, outcome: EnrichmentOutcome): Enrichment => ({
  ...enrichment,
  status: outcome.status,
  files: outcome.status === 'ready' ? filesOf(outcome.made) : [],
});
