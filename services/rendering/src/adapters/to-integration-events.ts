import {
  ChainRendered,
  ChainRenderRefused,
  type DataOf,
  DIInspected,
  DIRejected,
  EnrichRender,
  type EventDef,
  FinishRender,
  PrepareRender,
  RenderChain,
  RenderEnrichmentFailed,
  RenderJobEnriched,
  RenderJobStarted,
} from '@gts/contracts';
import type { Id } from '@gts/kernel';
import { type Outgoing, outgoing } from '@gts/messaging';
import type { InspectionEvent, RenderJobEvent } from '../domain/events';

const run = (value: string) => value as Id<'Run'>;
const tone = (value: string) => value as Id<'ToneSelection'>;

type Of<T extends RenderJobEvent['type']> = Extract<RenderJobEvent, { type: T }>;

const enriched = ({ runId, kind, made }: Of<'Enriched'>): DataOf<typeof RenderJobEnriched> => ({
  runId: run(runId),
  kind,
  ref: made.file,
  ...(made.chapters && { chapters: [...made.chapters] }),
  ...(made.chaptersFile && { chaptersFile: made.chaptersFile }),
});

const notEnriched = ({ runId, kind, failure: { code, detail } }: Of<'EnrichmentFailed'>) => ({
  runId: run(runId),
  kind,
  code,
  ...(detail !== undefined && { detail }),
});

/** Work that is due, as a message to ourselves. */
function dueMessage(event: Due): Outgoing {
  switch (event.type) {
    case 'PrepareDue':
      return outgoing(PrepareRender, { runId: run(event.runId), epoch: event.epoch });
    case 'ChainDue':
      return outgoing(RenderChain, {
        runId: run(event.runId),
        epoch: event.epoch,
        toneId: tone(event.toneId),
        chainRenderId: event.chainRenderId as Id<'ChainRender'>,
      });
    case 'FinishDue':
      return outgoing(FinishRender, { runId: run(event.runId), epoch: event.epoch });
    case 'EnrichDue':
      return outgoing(EnrichRender, { runId: run(event.runId), kinds: [event.kind] });
  }
}

type Due = Of<'PrepareDue' | 'ChainDue' | 'FinishDue' | 'EnrichDue'>;
const isDue = (event: RenderJobEvent): event is Due => event.type.endsWith('Due');

/** Facts of this context to the published language, and work that is due to messages to ourselves. */
export const toIntegrationEvents = (event: RenderJobEvent): readonly Outgoing[] => [
  isDue(event) ? dueMessage(event) : factMessage(event),
];

function factMessage(event: Exclude<RenderJobEvent, Due>): Outgoing {
  switch (event.type) {
    case 'Started':
      return outgoing(RenderJobStarted, { runId: run(event.runId), shootoutId: event.shootoutId as Id<'Shootout'> });
    case 'Enriched':
      return outgoing(RenderJobEnriched, enriched(event));
    case 'EnrichmentFailed':
      return outgoing(RenderEnrichmentFailed, notEnriched(event));
    case 'ChainRendered':
      return outgoing(ChainRendered, { runId: run(event.runId), toneId: tone(event.toneId), cached: event.cached });
    case 'ChainRefused':
      return outgoing(ChainRenderRefused, { ...event.failure, runId: run(event.runId), toneId: tone(event.toneId) });
    case 'Answered':
      return { message: event.message as EventDef, data: event.data };
  }
}

export const inspectionEvents = (event: InspectionEvent): readonly Outgoing[] =>
  event.type === 'Inspected'
    ? [outgoing(DIInspected, event.outcome as DataOf<typeof DIInspected>)]
    : [
        outgoing(DIRejected, {
          diTrackId: event.diTrackId as Id<'DITrack'>,
          code: event.code,
          detail: event.detail,
        }),
      ];
