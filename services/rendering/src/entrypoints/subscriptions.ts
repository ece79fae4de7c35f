import {
  CancelRenderJob,
  FinishRender,
  InspectDI,
  PrepareRender,
  RenderChain,
  RenderShootoutJob,
} from '@gts/contracts';
import { type Subscription, on, worker, workItem } from '@gts/messaging';
import { participant, type ParticipantDeps, participants, type Publish } from '@gts/saga';
import type { Application } from '../application';

type Options = Readonly<{ saga: ParticipantDeps; publish: Publish; workers: number }>;

/** Who hears what: neither a cancel nor a new recording waits behind a render. */
export const subscriptions = (
  { saga, work, ingest }: Application,
  { saga: deps, publish, workers }: Options,
): Subscription[] => [
  participants(
    'control',
    [
      participant(RenderShootoutJob, {
        do: saga.acceptJob,
        refused: saga.refusedJob,
        undo: CancelRenderJob,
        undoDo: saga.cancelJob,
        publish,
      }),
    ],
    deps,
  ),
  on(InspectDI, { name: 'ingest', ...ingest.inspectDi, concurrency: 2, handlerTimeout: '2m' }),
  worker('work', {
    items: [
      workItem(PrepareRender, work.prepareRender),
      workItem(RenderChain, work.renderChain),
      workItem(FinishRender, work.finishRender),
    ],
    concurrency: workers,
    maxDuration: '20m',
  }),
];
