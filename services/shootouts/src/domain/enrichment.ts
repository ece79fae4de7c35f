import type { Decision, Id } from '@gts/kernel';
import { refuse } from './errors';
import type { MediaFile } from './manifest';
import type { ShootoutId } from './shootout';

/** In the order in which people are told of them. */
export const enrichmentKinds = ['montage', 'video', 'picture'] as const;
export type EnrichmentKind = (typeof enrichmentKinds)[number];

/** What is made of a manifest after it was written; it may come before it, and fail alone. */
export type Enrichment = Readonly<{
  shootoutId: ShootoutId;
  ownerId: string;
  runId: Id<'Run'>;
  manifestVersion: number;
  kind: EnrichmentKind;
  status: 'PENDING' | 'READY' | 'FAILED';
  code?: string | undefined;
  media?: MediaFile | undefined;
  chapters?: readonly Readonly<{ label: string; startMs: number }>[] | undefined;
  chaptersFile?: MediaFile | undefined;
}>;
export type EnrichmentFacts = Pick<Enrichment, 'shootoutId' | 'ownerId' | 'manifestVersion' | 'kind'>;
export type EnrichmentEvent = Readonly<
  | { type: 'Ready'; facts: EnrichmentFacts }
  | { type: 'Failed'; facts: EnrichmentFacts }
  | { type: 'RetryDue'; runId: Id<'Run'>; kind: EnrichmentKind }
>;
type EnrichmentDecision = Decision<Enrichment, EnrichmentEvent>;

export const openEnrichment = (about: EnrichmentFacts & Pick<Enrichment, 'runId'>): EnrichmentDecision => ({
  state: { ...about, status: 'PENDING' },
  events: [],
});

const factsOf = ({ shootoutId, ownerId, manifestVersion, kind }: Enrichment): EnrichmentFacts => ({
  shootoutId,
  ownerId,
  manifestVersion,
  kind,
});

export type Found = Pick<Enrichment, 'media' | 'chapters' | 'chaptersFile'>;

/** What is there stays as it is: its address was given out. */
export const enrichmentReady =
  (found: Found) =>
  (enrichment: Enrichment): EnrichmentDecision => {
    if (enrichment.status === 'READY') return { state: enrichment, events: [] };
    const { code: _, ...rest } = enrichment;
    return {
      state: { ...rest, ...found, status: 'READY' },
      events: [{ type: 'Ready', facts: factsOf(enrichment) }],
    };
  };

export const enrichmentFailed =
  (code: string) =>
  (enrichment: Enrichment): EnrichmentDecision =>
    enrichment.status === 'PENDING'
      ? { state: { ...enrichment, status: 'FAILED', code }, events: [{ type: 'Failed', facts: factsOf(enrichment) }] }
      : { state: enrichment, events: [] };

/** @throws SHOOTOUT.ENRICHMENT_NOT_FAILED */
export const retryEnrichment = (enrichment: Enrichment): EnrichmentDecision => {
  const { status, runId, kind, code: _, ...rest } = enrichment;
  if (status !== 'FAILED') throw refuse.ENRICHMENT_NOT_FAILED(kind);
  return { state: { ...rest, runId, kind, status: 'PENDING' }, events: [{ type: 'RetryDue', runId, kind }] };
};
