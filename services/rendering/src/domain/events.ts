import type { EnrichmentKind, Made } from './enrichment';
import type { Failure } from './failure';

type Run = Readonly<{ runId: string; shootoutId: string }>;

/** What happened to a job: facts for others, and work that is due for ourselves. */
export type RenderJobEvent =
  | (Run & { readonly type: 'Started' })
  | Readonly<{ type: 'PrepareDue'; runId: string; epoch: number }>
  | Readonly<{ type: 'ChainDue'; runId: string; epoch: number; toneId: string; chainRenderId: string }>
  | Readonly<{ type: 'FinishDue'; runId: string; epoch: number }>
  | Readonly<{ type: 'EnrichDue'; runId: string; kind: EnrichmentKind }>
  | Readonly<{ type: 'Enriched'; runId: string; kind: EnrichmentKind; made: Made }>
  | Readonly<{ type: 'EnrichmentFailed'; runId: string; kind: EnrichmentKind; failure: Failure }>
  | Readonly<{ type: 'ChainRendered'; runId: string; toneId: string; cached: boolean }>
  | Readonly<{ type: 'ChainRefused'; runId: string; toneId: string; failure: Failure }>
  /** The saga's answer: message and data are made where the outcome is decided. */
  | Readonly<{ type: 'Answered'; message: unknown; data: unknown }>;

export type InspectionEvent =
  | Readonly<{ type: 'Inspected'; outcome: unknown }>
  | Readonly<{ type: 'Rejected'; diTrackId: string; code: string; detail: string }>;
