import type { Decision } from '@gts/kernel';
import { type Enrichment, enrichmentKinds, queued } from './enrichment';
import type { RenderJobEvent } from './events';
import type { Failure } from './failure';
import type { FileRef } from './file-ref';

export type { FileRef } from './file-ref';
export type EffectName = 'high_pass' | 'low_pass' | 'gain' | 'eq3' | 'delay' | 'reverb_ir';
export type Block =
  | Readonly<{ kind: 'capture'; role: 'pedal' | 'amp' | 'full_rig' | 'post_effect'; file: FileRef }>
  | Readonly<{ kind: 'ir'; role: 'ir'; file: FileRef }>
  | Readonly<{
      kind: 'effect';
      role: 'pedal' | 'post_effect';
      effect: EffectName;
      params: Readonly<Record<string, number>>;
      file?: FileRef | undefined;
    }>;
export type Tone = Readonly<{ toneId: string; label: string; blocks: readonly Block[] }>;

/** All that a run is made from; nothing outside it changes the sound. */
export type RenderSpec = Readonly<{
  mode: 'render' | 'verify';
  di: Readonly<{ audio: FileRef; frames: number }>;
  excerpt?: Readonly<{ startMs: number; endMs: number }> | undefined;
  inputGainDb: number;
  /** Length of the montage's pieces; without it every tone is heard whole. */
  montageWindowMs?: number | undefined;
  /** What pictures are headed with. */
  title?: string | undefined;
  tones: readonly Tone[];
}>;

export type Op = Readonly<{ sagaId: string; step: string; attempt: number }>;
/** Whose request the run is: what its own messages carry on. */
export type Origin = Readonly<{ correlationId: string; traceparent?: string | undefined }>;
export type Sound = Readonly<{ sha256: string; frames: number }>;

/** Which engine played the capture at that place of the chain. */
export type AmpUse = Readonly<{ blockIndex: number; engine: string; tanh: 'exact' | 'fast' }>;

export type ChainStatus = 'queued' | 'running' | 'rendered' | 'refused' | 'failed' | 'cancelled';
export type JobTone = Readonly<{
  toneId: string;
  chainRenderId: string;
  status: ChainStatus;
  cached: boolean;
  sound?: Sound | undefined;
  amps?: readonly AmpUse[] | undefined;
  failure?: Failure | undefined;
}>;
export type JobStatus = 'accepted' | 'preparing' | 'rendering' | 'finishing' | 'completed' | 'failed' | 'cancelled';

export type RenderJob = Readonly<{
  runId: string;
  shootoutId: string;
  renderVersion: number;
  status: JobStatus;
  /** Highest seen; work items of another one are dropped. */
  epoch: number;
  op?: Op | undefined;
  origin: Origin;
  spec: RenderSpec | null;
  acceptedAt: string;
  /** Claims of the preparing or finishing item. */
  attempt: number;
  lastFault?: Failure | undefined;
  prepared?: (Sound & Readonly<{ warnings: readonly string[] }>) | undefined;
  tones: readonly JobTone[];
  /** Files that others may still play; freed by a cancel, else with the stage results that name them. */
  outputs: readonly string[];
  /** How the tones were made one length and one loudness, in their order; known from completion on. */
  levelled?: Levelled | undefined;
  /** What is made beside the finished set, once it is finished. */
  enrichments: readonly Enrichment[];
  failures: readonly Failure[];
}>;
export type Levelled = Readonly<{
  frames: number;
  targetLufs: number;
  gainsDb: readonly number[];
  /** Hashes of the tones' tone.json. */
  data: readonly string[];
}>;
export type JobDecision = Decision<RenderJob, RenderJobEvent>;

const nothing = (state: RenderJob): JobDecision => ({ state, events: [] });

export const hasEnded = ({ status }: RenderJob): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

type Request = Pick<RenderJob, 'runId' | 'shootoutId' | 'renderVersion' | 'epoch' | 'op' | 'origin' | 'acceptedAt'> &
  Readonly<{ spec: RenderSpec }>;

const blank = { tones: [], outputs: [], enrichments: [], failures: [] } as const;

/** A new job, or a failed one that its saga asks for again: everything begins anew under the new epoch. */
export const accept = (request: Request): JobDecision => ({
  state: { ...request, status: 'accepted', attempt: 0, ...blank },
  events: [],
});

/** A cancel that came before its job: whoever asks for the job later is refused. */
export const tombstone = (
  part: Pick<RenderJob, 'runId' | 'shootoutId' | 'epoch' | 'origin' | 'acceptedAt'>,
): JobDecision => ({
  state: {
    ...part,
    renderVersion: 1,
    status: 'cancelled',
    spec: null,
    attempt: 0,
    ...blank,
  },
  events: [],
});

/** Leaves the queue. */
export const start = (job: RenderJob): JobDecision => {
  if (job.status !== 'accepted') return nothing(job);
  const { runId, shootoutId, epoch } = job;
  return {
    state: { ...job, status: 'preparing', attempt: 0 },
    events: [
      { type: 'Started', runId, shootoutId },
      { type: 'PrepareDue', runId, epoch },
    ],
  };
};

/** The DI is ready: one work item a tone. */
export const fanOut =
  (prepared: NonNullable<RenderJob['prepared']>, newId: () => string) =>
  (job: RenderJob): JobDecision => {
    if (job.status !== 'preparing' || !job.spec) return nothing(job);
    const { runId, epoch } = job;
    const tones = job.spec.tones.map(({ toneId }): JobTone => {
      return { toneId, chainRenderId: newId(), status: 'queued', cached: false };
    });
    return {
      state: { ...job, status: 'rendering', prepared, tones, attempt: 0, lastFault: undefined },
      events: tones.map(({ toneId, chainRenderId }) => ({ type: 'ChainDue', runId, epoch, toneId, chainRenderId })),
    };
  };

export type ChainOutcome =
  | Readonly<{ status: 'rendered'; cached: boolean; sound: Sound; amps?: readonly AmpUse[] | undefined }>
  | Readonly<{ status: 'refused' | 'failed'; failure: Failure }>;

/** One tone ended. The one that ends last also decides what becomes of the job, in this same decision. */
export const noteChain =
  (toneId: string, outcome: ChainOutcome) =>
  (job: RenderJob): JobDecision => {
    if (job.status !== 'rendering') return nothing(job);
    const tones = job.tones.map((tone) => (tone.toneId === toneId ? { ...tone, ...outcome } : tone));
    const facts = chainFacts(job.runId, toneId, outcome);
    if (outcome.status !== 'rendered') return endFailed({ ...job, tones }, facts);
    const all = tones.every(({ status }) => status === 'rendered');
    return {
      state: { ...job, tones, status: all ? 'finishing' : 'rendering', attempt: 0, lastFault: undefined },
      events: all ? [...facts, { type: 'FinishDue', runId: job.runId, epoch: job.epoch }] : facts,
    };
  };

function chainFacts(runId: string, toneId: string, outcome: ChainOutcome): RenderJobEvent[] {
  if (outcome.status === 'rendered') return [{ type: 'ChainRendered', runId, toneId, cached: outcome.cached }];
  if (outcome.status === 'refused') return [{ type: 'ChainRefused', runId, toneId, failure: outcome.failure }];
  return [];
}

/** Every reason is kept; tones that have not ended are cancelled with it. */
function endFailed(job: RenderJob, events: readonly RenderJobEvent[]): JobDecision {
  const tones = job.tones.map((tone) => (isOpen(tone.status) ? { ...tone, status: 'cancelled' as const } : tone));
  const failures = tones.flatMap(({ toneId, failure }) => (failure ? [{ toneId, ...failure }] : []));
  return { state: { ...job, status: 'failed', tones, failures: [...job.failures, ...failures] }, events };
}

export const isOpen = (status: ChainStatus): boolean => status === 'queued' || status === 'running';

/** The job itself failed while preparing or finishing. */
export const fail =
  (failure: Failure) =>
  (job: RenderJob): JobDecision =>
    hasEnded(job) ? nothing(job) : endFailed({ ...job, failures: [failure] }, []);

type Completed = Readonly<{ outputs: readonly string[]; levelled: Levelled }>;

/** The set is finished; what is made beside it is due, unless the run only verifies. */
export const complete =
  (completed: Completed) =>
  (job: RenderJob): JobDecision => {
    if (job.status !== 'finishing') return nothing(job);
    const kinds = job.spec?.mode === 'verify' ? [] : enrichmentKinds;
    return {
      state: { ...job, ...completed, status: 'completed', enrichments: kinds.map(queued) },
      events: kinds.map((kind) => ({ type: 'EnrichDue', runId: job.runId, kind })),
    };
  };

/** Undone, in whatever state: a completed job lets its outputs go. */
export const cancel =
  (epoch: number) =>
  (job: RenderJob): JobDecision => {
    const tones = job.tones.map((tone) => (isOpen(tone.status) ? { ...tone, status: 'cancelled' as const } : tone));
    return {
      state: { ...job, status: 'cancelled', epoch: Math.max(epoch, job.epoch), tones, outputs: [], enrichments: [] },
      events: [],
    };
  };

/** Every file that others may still play. */
export const filesOf = ({ outputs, enrichments }: RenderJob): readonly string[] => [
  ...outputs,
  ...enrichments.flatMap(({ files }) => files),
];

export const answer =
  (message: unknown, data: unknown) =>
  (job: RenderJob): JobDecision => ({ state: job, events: [{ type: 'Answered', message, data }] });
