import {
  GearModelsHeld,
  GearModelsHoldRefused,
  GearModelsReleased,
  HoldGearModels,
  ReleaseGearModels,
} from '../gear-catalog';
import {
  CancelRenderJob,
  DIInspected,
  DIRejected,
  EnrichRender,
  GetRenderJob,
  InspectDI,
  RenderEnrichmentFailed,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobEnriched,
  RenderJobFailed,
  RenderJobStarted,
  RenderShootoutJob,
} from '../rendering';
import {
  FailShootout,
  FinaliseRefused,
  FinaliseShootout,
  RenderCancelRequested,
  ShootoutFailed,
  ShootoutFinalised,
  ShootoutRenderRequested,
} from '../shootouts';
import { ChainSnapshotRefused, ChainsSnapshotted, GetSignalChains, SnapshotChains } from '../signal-chains';
import { declareService } from './types';

/** Start, cancel and every answer of the saga RenderShootout. */
const renderShootout = [
  ShootoutRenderRequested,
  RenderCancelRequested,
  ChainsSnapshotted,
  ChainSnapshotRefused,
  GearModelsHeld,
  GearModelsHoldRefused,
  GearModelsReleased,
  RenderJobCompleted,
  RenderJobFailed,
  RenderJobCancelled,
  ShootoutFinalised,
  FinaliseRefused,
  ShootoutFailed,
];

export const shootoutsDeclaration = declareService('shootouts', {
  subscriptions: [
    { name: 'chains', kind: 'projection', from: { context: 'signal-chains', aggregate: 'SignalChain' } },
    { name: 'public-index', kind: 'projection', from: { context: 'shootouts', aggregate: 'Shootout' } },
    { name: 'di-inspected', kind: 'handler', from: [DIInspected] },
    { name: 'di-rejected', kind: 'handler', from: [DIRejected] },
    { name: 'run-snapshotted', kind: 'handler', from: [ChainsSnapshotted] },
    { name: 'run-held', kind: 'handler', from: [GearModelsHeld] },
    { name: 'run-started', kind: 'handler', from: [RenderJobStarted] },
    { name: 'run-rendered', kind: 'handler', from: [RenderJobCompleted] },
    { name: 'run-enriched', kind: 'handler', from: [RenderJobEnriched] },
    { name: 'run-not-enriched', kind: 'handler', from: [RenderEnrichmentFailed] },
    { name: 'run-failed', kind: 'handler', from: [ShootoutFailed] },
    { name: 'saga-steps', kind: 'participant', from: [FinaliseShootout, FailShootout] },
    { name: 'render-shootout', kind: 'saga', from: renderShootout },
  ],
  calls: [GetSignalChains, GetRenderJob],
  sends: [
    InspectDI,
    SnapshotChains,
    HoldGearModels,
    ReleaseGearModels,
    RenderShootoutJob,
    CancelRenderJob,
    EnrichRender,
    FinaliseShootout,
    FailShootout,
  ],
  files: 'uses',
});
