import {
  CancelRenderJob,
  ChainSnapshotRefused,
  ChainsSnapshotted,
  FailShootout,
  FinaliseRefused,
  FinaliseShootout,
  GearModelsHeld,
  GearModelsHoldRefused,
  GearModelsReleased,
  HoldGearModels,
  ReleaseGearModels,
  RenderCancelRequested,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobFailed,
  RenderShootoutJob,
  ShootoutFailed,
  ShootoutFinalised,
  ShootoutRenderRequested,
  SnapshotChains,
} from '@gts/contracts';
import { forever, saga } from '@gts/saga';
import { finalTones, modelIds, renderTones } from './run-inputs';
import { whyFailed } from './run-failure';

/** From "render this" to a manifest, or back to where it began with the reason written down. */
export const renderShootoutSaga = saga('render-shootout', {
  version: 1,
  start: ShootoutRenderRequested,
  key: ({ runId }) => runId,
  init: (requested) => requested,
  cancelOn: { event: RenderCancelRequested, key: ({ runId }) => runId },
  undoStart: { send: FailShootout, data: whyFailed, done: ShootoutFailed },
})
  .step('snapshot', {
    send: SnapshotChains,
    data: ({ runId, selections }) => ({ runId, chainIds: selections.map(({ signalChainId }) => signalChainId) }),
    done: ChainsSnapshotted,
    failed: ChainSnapshotRefused,
    onDone: (data, { snapshots }) => ({ ...data, snapshots }),
    timeout: '30s',
    retry: { attempts: 3, backoff: '10s' },
  })
  .step('hold', {
    send: HoldGearModels,
    data: ({ runId, actorUserId, snapshots }) => ({
      runId,
      actorUserId,
      gearModelIds: modelIds(snapshots),
      purpose: 'render' as const,
    }),
    done: GearModelsHeld,
    failed: GearModelsHoldRefused,
    onDone: (data, { models }) => ({ ...data, models }),
    undo: { send: ReleaseGearModels, data: ({ runId }) => ({ runId }), done: GearModelsReleased },
    timeout: '10m',
  })
  .step('render', {
    send: RenderShootoutJob,
    data: ({ runId, shootoutId, renderVersion, di, excerpt, inputGainDb, montageWindowMs, title, ...known }) => ({
      runId,
      shootoutId,
      renderVersion,
      mode: 'render' as const,
      di,
      inputGainDb,
      ...(excerpt && { excerpt }),
      ...(montageWindowMs !== undefined && { montageWindowMs }),
      ...(title !== undefined && { title }),
      tones: renderTones(known),
    }),
    done: RenderJobCompleted,
    failed: RenderJobFailed,
    onDone: (data, results) => ({ ...data, results }),
    undo: { send: CancelRenderJob, data: ({ runId }) => ({ runId }), done: RenderJobCancelled },
    timeout: '30m',
  })
  .step('finalise', {
    send: FinaliseShootout,
    data: ({ runId, shootoutId, results, ...known }) => ({
      runId,
      shootoutId,
      levelling: results.levelling,
      warnings: results.warnings,
      engine: results.engine,
      inputs: results.inputs,
      tones: finalTones(known, results),
    }),
    done: ShootoutFinalised,
    failed: FinaliseRefused,
    pivot: true,
    timeout: '1m',
    retry: forever('5s'),
  });
