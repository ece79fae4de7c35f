import { claimed, ended, type Enrichment, type EnrichmentKind, type EnrichmentOutcome, requeued } from './enrichment';
import type { RenderJobEvent } from './events';
import type { Failure } from './failure';
import type { JobDecision, RenderJob } from './render-job';

/** Which attempt at which kind, of which life of the job: a zombie's result is dropped. */
export type EnrichClaim = Readonly<{ epoch: number; attempts: Readonly<Partial<Record<EnrichmentKind, number>>> }>;

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

export const claimOf = ({ epoch, enrichments }: RenderJob, kinds: readonly EnrichmentKind[]): EnrichClaim => ({
  epoch,
  attempts: Object.fromEntries(
    enrichments.filter(({ kind }) => kinds.includes(kind)).map(({ kind, attempt }) => [kind, attempt]),
  ),
});

export const noteEnrichFault =
  (kinds: readonly EnrichmentKind[], fault: Failure | 'released') =>
  (job: RenderJob): JobDecision => ({ state: changed(job, kinds, (each) => requeued(each, fault)), events: [] });

const isMine = ({ status, epoch, enrichments }: RenderJob, kind: EnrichmentKind, claim: EnrichClaim): boolean =>
  status === 'completed' &&
  epoch === claim.epoch &&
  enrichments.some((each) => each.kind === kind && each.status === 'running' && each.attempt === claim.attempts[kind]);

type Ending = Readonly<{ kind: EnrichmentKind; outcome: EnrichmentOutcome }>;

const factOf = (runId: string, { kind, outcome }: Ending): RenderJobEvent =>
  outcome.status === 'ready'
    ? { type: 'Enriched', runId, kind, made: outcome.made }
    : { type: 'EnrichmentFailed', runId, kind, failure: outcome.failure };

/** What the newest claim made, told one by one. */
export const endEnrichments =
  (endings: readonly Ending[], claim: EnrichClaim) =>
  (job: RenderJob): JobDecision => {
    const mine = endings.filter(({ kind }) => isMine(job, kind, claim));
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
