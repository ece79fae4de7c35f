import { forever, saga } from '@gts/saga';
import {
  CancelRun,
  FailRun,
  FinishRun,
  GearHeld,
  GearHoldRefused,
  GearPinned,
  GearReleased,
  HoldGear,
  PinGear,
  ReleaseGear,
  RenderRun,
  RunCancelRequested,
  RunFailed,
  RunFinished,
  RunFinishRefused,
  RunRendered,
  RunRenderCancelled,
  RunRenderFailed,
  RunRequested,
} from './contracts';

/** Every feature of a saga in five lines: retry, undo, job, pivot, a step that only goes forward. */
export const toySaga = saga('toy-run', {
  version: 1,
  start: RunRequested,
  key: (event) => event.runId,
  init: (event) => ({ runId: event.runId }),
  cancelOn: { event: RunCancelRequested, key: (event) => event.runId },
  undoStart: { send: FailRun, data: ({ runId }, { code }) => ({ runId, code }), done: RunFailed },
})
  .step('hold gear', {
    send: HoldGear,
    data: ({ runId }) => ({ runId }),
    done: GearHeld,
    failed: GearHoldRefused,
    onDone: (data, { holdId }) => ({ ...data, holdId }),
    undo: { send: ReleaseGear, data: ({ runId }) => ({ runId }), done: GearReleased },
    timeout: '30s',
    retry: { attempts: 2, backoff: '5s' },
  })
  .step('render', {
    send: RenderRun,
    data: ({ runId, holdId }) => ({ runId, holdId }),
    done: RunRendered,
    failed: RunRenderFailed,
    undo: { send: CancelRun, data: ({ runId }) => ({ runId }), done: RunRenderCancelled },
    timeout: '60s',
  })
  .step('finish', {
    send: FinishRun,
    data: ({ runId }) => ({ runId }),
    done: RunFinished,
    failed: RunFinishRefused,
    pivot: true,
    timeout: '20s',
    retry: forever('5s'),
  })
  .step('pin gear', {
    send: PinGear,
    data: ({ runId }) => ({ runId }),
    done: GearPinned,
    timeout: '20s',
    retry: forever('5s'),
  });
