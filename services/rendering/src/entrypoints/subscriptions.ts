import {
  CancelRenderJob,
  EnrichRender,
  FinishRender,
  InspectDI,
  PrepareRender,
  RenderChain,
  RenderShootoutJob,
  type SagaCommandDef,
} from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { type MessageOf, type Subscription, type WorkItem, on, worker, workItem } from '@gts/messaging';
import { participant, type ParticipantDeps, participants, type Publish } from '@gts/saga';
import type { Application } from '../application';

type Spec<D extends SagaCommandDef, C, R> = Parameters<typeof workItem<D, C, R>>[1];
type UseCase<D extends SagaCommandDef, C, R> = Omit<Spec<D, C, R>, 'complete'> &
  Readonly<{ complete: (done: { message: MessageOf<D>; result: R; claim: C }, ctx: Context) => Promise<void> }>;

const item = <D extends SagaCommandDef, C, R>(def: D, { complete, ...useCase }: UseCase<D, C, R>): WorkItem =>
  workItem<D, C, R>(def, {
    ...useCase,
    complete: (...[message, ctx, result, claim]) => complete({ message, result, claim }, ctx),
  });

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
  // One at a time: it may take hundreds of megabytes, and there is one thread for it.
  on(InspectDI, { name: 'ingest', ...ingest.inspectDi, concurrency: 1, handlerTimeout: '2m' }),
  // None can be reopened: an item that gave up failed its job and told the saga; whoever wants it renders anew.
  worker('work', {
    items: [
      item(PrepareRender, work.prepareRender),
      item(RenderChain, work.renderChain),
      item(FinishRender, work.finishRender),
      item(EnrichRender, work.enrichRender),
    ],
    concurrency: workers,
    maxDuration: '20m',
  }),
];
