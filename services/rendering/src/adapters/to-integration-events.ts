import {
  ChainRendered,
  ChainRenderRefused,
  type DataOf,
  DIInspected,
  DIRejected,
  type EventDef,
  FinishRender,
  PrepareRender,
  RenderChain,
  RenderJobStarted,
} from '@gts/contracts';
import type { Id } from '@gts/kernel';
import { type Outgoing, outgoing } from '@gts/messaging';
import type { InspectionEvent, RenderJobEvent } from '../domain/events';

const run = (value: string) => value as Id<'Run'>;
const tone = (value: string) => value as Id<'ToneSelection'>;

/** Facts of this context to the published language, and work that is due to messages to ourselves. */
export function toIntegrationEvents(event: RenderJobEvent): readonly Outgoing[] {
  switch (event.type) {
    case 'Started':
      return [outgoing(RenderJobStarted, { runId: run(event.runId), shootoutId: event.shootoutId as Id<'Shootout'> })];
    case 'PrepareDue':
      return [outgoing(PrepareRender, { runId: run(event.runId), epoch: event.epoch })];
    case 'ChainDue':
      return [
        outgoing(RenderChain, {
          runId: run(event.runId),
          epoch: event.epoch,
          toneId: tone(event.toneId),
          chainRenderId: event.chainRenderId as Id<'ChainRender'>,
        }),
      ];
    case 'FinishDue':
      return [outgoing(FinishRender, { runId: run(event.runId), epoch: event.epoch })];
    case 'ChainRendered':
      return [outgoing(ChainRendered, { runId: run(event.runId), toneId: tone(event.toneId), cached: event.cached })];
    case 'ChainRefused':
      return [outgoing(ChainRenderRefused, { ...event.failure, runId: run(event.runId), toneId: tone(event.toneId) })];
    case 'Answered':
      return [{ message: event.message as EventDef, data: event.data }];
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
