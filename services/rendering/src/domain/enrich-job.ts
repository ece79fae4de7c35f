import { claimed, ended, type Enrichment, type EnrichmentKind, type EnrichmentOutcome, requeued } from './enrichment';
import { refuse } from './errors';
import type { RenderJobEvent } from './events';
import type { Failure } from './failure';
import type { JobDecision, RenderJob } from './render-job';

/** Which attempt at which kind, of which life of the job: a zombie's result is dropped. */
export type EnrichClaim = Readonly<{
  epoch: number;
  by: string;
  attempts: Readonly<Partial<Record<EnrichmentKind, number>>>;
}>;

const changed = (
  job: RenderJob,
  kinds: readonly EnrichmentKind[],
  change: (enrichment: Enrichment) => Enrichment,
): RenderJob => ({
  ...job,
  enrichments: job.enrichments.map((each) => (kinds.includes(each.kind) ? change(each) : each)),
});

const isOpen = ({ status, askedBy }: Enrichment, by: string): boolean =>
  status !== 'ready' && (status !== 'failed' || askedBy !== by);

/** What of the asked is still to be made for the message `by`. */
export const wantedOf = (job: RenderJob, kinds: readonly EnrichmentKind[], by: string): readonly EnrichmentKind[] =>
  job.status === 'completed'
    ? job.enrichments.filter((each) => kinds.includes(each.kind) && isOpen(each, by)).map(({ kind }) => kind)
    : [];

export const claimEnrichments =
  (kinds: readonly EnrichmentKind[], by: string) =>
  (job: RenderJob): JobDecision => ({ state: changed(job, kinds, (each) => claimed(each, by)), events: [] });

type Asked = Readonly<{ kinds: readonly EnrichmentKind[]; by: string }>;

export const claimOf = ({ epoch, enrichments }: RenderJob, { kinds, by }: Asked): EnrichClaim => ({
  epoch,
  by,
  attempts: Object.fromEntries(
    enrichments.filter(({ kind }) => kinds.includes(kind)).map(({ kind, attempt }) => [kind, attempt]),
  ),
});

/**
 * The kinds that the claim still holds. What another message asked for anew is that one's.
 * @throws RENDERING.FENCED when a newer claim for the same message holds one, so that a zombie does not settle it
 */
function heldBy({ status, epoch, enrichments }: RenderJob, claim: EnrichClaim): readonly EnrichmentKind[] {
  const alive = status === 'completed' && epoch === claim.epoch;
  const open = enrichments.filter((each) => each.status === 'queued' || each.status === 'running');
  const own = alive ? open.filter((each) => each.askedBy === claim.by && claim.attempts[each.kind] !== undefined) : [];
  const isMine = (each: Enrichment) => each.status === 'running' && each.attempt === claim.attempts[each.kind];
  if (!own.every(isMine)) throw refuse.FENCED('what is made beside the set');
  return own.map(({ kind }) => kind);
}

/** Whatever of the claim has not ended waits again. */
export const noteEnrichFault =
  (fault: Failure | 'released', claim: EnrichClaim) =>
  (job: RenderJob): JobDecision => ({
    state: changed(job, heldBy(job, claim), (each) => requeued(each, fault)),
    events: [],
  });

type Ending = Readonly<{ kind: EnrichmentKind; outcome: EnrichmentOutcome }>;

const factOf = (runId: string, { kind, outcome }: Ending): RenderJobEvent =>
  outcome.status === 'ready'
    ? { type: 'Enriched', runId, kind, made: outcome.made }
    : { type: 'EnrichmentFailed', runId, kind, failure: outcome.failure };

/** What the newest claim made, told one by one. */
export const endEnrichments =
  (endings: readonly Ending[], claim: EnrichClaim) =>
  (job: RenderJob): JobDecision => {
    const held = heldBy(job, claim);
    const mine = endings.filter(({ kind }) => held.includes(kind));
    return {
      state: mine.reduce((state, { kind, outcome }) => changed(state, [kind], (each) => ended(each, outcome)), job),
      events: mine.map((each) => factOf(job.runId, each)),
    };
  };

/** Attempts are spent: what is still open has failed, with its last fault or as a crash that left no word. */
export const giveUpEnrichments =
  (kinds: readonly EnrichmentKind[], crash: Failure) =>
  (job: RenderJob): JobDecision => {
    const lost = job.status === 'completed' ? job.enrichments : [];
    const open = lost.filter(({ kind, status }) => kinds.includes(kind) && status !== 'ready' && status !== 'failed');
    const endings = open.map(({ kind, lastFault }): Ending => {
      return { kind, outcome: { status: 'failed', failure: lastFault ?? crash } };
    });
    return {
      state: endings.reduce((state, { kind, outcome }) => changed(state, [kind], (each) => ended(each, outcome)), job),
      events: endings.map((each) => factOf(job.runId, each)),
    };
  };
