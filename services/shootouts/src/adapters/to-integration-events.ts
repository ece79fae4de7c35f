import {
  DITrackCreated,
  DITrackDeleted,
  DITrackReady,
  DITrackRejected,
  DITrackRestored,
  DITrackUpdated,
  EnrichmentFailed,
  EnrichmentReady,
  EnrichRender,
  FinaliseRefused,
  InspectDI,
  RenderCancelRequested,
  ShootoutCreated,
  ShootoutDeleted,
  ShootoutFailed,
  ShootoutFinalised,
  ShootoutRenderRequested,
  ShootoutRenderStarted,
  ShootoutRestored,
  ShootoutUpdated,
  ShootoutVisibilityChanged,
  UploadCompleted,
} from '@gts/contracts';
import { assertNever } from '@gts/kernel';
import { type Outgoing, outgoing } from '@gts/messaging';
import type { DITrackEvent } from '../domain/di-track';
import type { EnrichmentEvent } from '../domain/enrichment';
import type { ShootoutEvent } from '../domain/events';
import type { Shootout } from '../domain/shootout';
import type { UploadEvent } from '../domain/upload';

export const uploadMessages = ({ uploadId }: UploadEvent): readonly Outgoing[] => [
  outgoing(UploadCompleted, { uploadId }),
];

/** What was made beside a manifest is told; what is asked for again goes to rendering. */
export function enrichmentMessages(event: EnrichmentEvent): readonly Outgoing[] {
  switch (event.type) {
    case 'Ready':
      return [outgoing(EnrichmentReady, event.facts)];
    case 'Failed':
      return [outgoing(EnrichmentFailed, event.facts)];
    case 'RetryDue':
      return [outgoing(EnrichRender, { runId: event.runId, kinds: [event.kind] })];
    default:
      return assertNever(event);
  }
}

/** A new recording is told and, on the same road, sent to its inspection. */
export function trackMessages(event: DITrackEvent): readonly Outgoing[] {
  const { diTrackId } = event;
  switch (event.type) {
    case 'TrackCreated': {
      const { whole, channel } = event;
      const inspect = outgoing(InspectDI, { diTrackId, whole, ...(channel && { channel }) });
      return [outgoing(DITrackCreated, { diTrackId }), inspect];
    }
    case 'TrackReady':
      return [outgoing(DITrackReady, { diTrackId, durationMs: event.durationMs })];
    case 'TrackRejected':
      return [outgoing(DITrackRejected, { diTrackId, code: event.code })];
    case 'TrackUpdated':
      return [outgoing(DITrackUpdated, { diTrackId })];
    case 'TrackDeleted':
      return [outgoing(DITrackDeleted, { diTrackId })];
    case 'TrackRestored':
      return [outgoing(DITrackRestored, { diTrackId })];
    default:
      return assertNever(event);
  }
}

type Of<T extends ShootoutEvent['type']> = Extract<ShootoutEvent, { type: T }>;
const selectionsOf = ({ selections }: Shootout) => selections.map((each) => ({ ...each }));

function created({ shootoutId }: Of<'Created'>, shootout: Shootout): Outgoing {
  const { title, diTrackId, visibility, rerunOf } = shootout;
  const facts = { shootoutId, title, diTrackId, selections: selectionsOf(shootout), visibility };
  return outgoing(ShootoutCreated, { ...facts, ...(rerunOf !== undefined && { rerunOf }) });
}

function requested(event: Of<'RenderRequested'>, shootout: Shootout): Outgoing {
  const { type: _, ...run } = event;
  const { renderVersion, inputGainDb, excerpt, montageWindowMs, title } = shootout;
  return outgoing(ShootoutRenderRequested, {
    ...run,
    renderVersion,
    selections: selectionsOf(shootout),
    inputGainDb,
    title,
    ...(excerpt && { excerpt }),
    ...(montageWindowMs !== undefined && { montageWindowMs }),
  });
}

type RunEvent = Of<
  'RenderRequested' | 'RenderStarted' | 'CancelRequested' | 'Finalised' | 'FinaliseRefused' | 'Failed'
>;
type OwnEvent = Exclude<ShootoutEvent, RunEvent>;
const runEvents: ReadonlySet<string> = new Set<RunEvent['type']>([
  'RenderRequested',
  'RenderStarted',
  'CancelRequested',
  'Finalised',
  'FinaliseRefused',
  'Failed',
]);
const isRunEvent = (event: ShootoutEvent): event is RunEvent => runEvents.has(event.type);

function runMessage(event: RunEvent, shootout: Shootout): Outgoing {
  switch (event.type) {
    case 'RenderRequested':
      return requested(event, shootout);
    case 'RenderStarted':
      return outgoing(ShootoutRenderStarted, { shootoutId: event.shootoutId, runId: event.runId });
    case 'CancelRequested':
      return outgoing(RenderCancelRequested, { shootoutId: event.shootoutId, runId: event.runId });
    case 'Finalised':
      return outgoing(ShootoutFinalised, event.facts);
    case 'FinaliseRefused':
      return outgoing(FinaliseRefused, event.facts);
    case 'Failed':
      return outgoing(ShootoutFailed, event.facts);
    default:
      return assertNever(event);
  }
}

function ownMessage(event: OwnEvent, shootout: Shootout): Outgoing {
  const { shootoutId } = event;
  switch (event.type) {
    case 'Created':
      return created(event, shootout);
    case 'Updated':
      return outgoing(ShootoutUpdated, { shootoutId, selections: selectionsOf(shootout) });
    case 'VisibilityChanged': {
      const { from, to, published } = event;
      return outgoing(ShootoutVisibilityChanged, { shootoutId, from, to, published });
    }
    case 'Deleted':
      return outgoing(ShootoutDeleted, { shootoutId });
    case 'Restored':
      return outgoing(ShootoutRestored, { shootoutId });
    default:
      return assertNever(event);
  }
}

/** The only bridge from facts of this context to the published language. */
export const shootoutMessages = (event: ShootoutEvent, shootout: Shootout): readonly Outgoing[] => [
  isRunEvent(event) ? runMessage(event, shootout) : ownMessage(event, shootout),
];
