import type { DataOf, RenderShootoutJob } from '@gts/contracts';
import { RenderJobFailed } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { MessageOf } from '@gts/messaging';
import { doing, failed, type Op, type Outcome } from '@gts/saga';
import { refuse } from '../domain/errors';
import { accept, type RenderJob } from '../domain/render-job';
import type { RenderJobs, RenderQueue, RunningWork, Units } from './ports';
import type { StartWaiting } from './start-waiting';

type Deps = Readonly<{
  jobs: RenderJobs;
  queue: RenderQueue;
  units: Units;
  running: RunningWork;
  startWaiting: StartWaiting;
  now: () => string;
}>;
type Command = MessageOf<typeof RenderShootoutJob>;

/** One job a run, whatever is repeated; a saga that asks again after a failure gets it anew. */
export const acceptJob =
  ({ jobs, queue, units, running, startWaiting, now }: Deps) =>
  async (command: Command, ctx: Context, op: Op): Promise<Outcome> => {
    const { runId, shootoutId, tones } = command.data;
    const acceptedAt = now();
    const request = requestOf(command, { ctx, op, acceptedAt });
    const known = await jobs(ctx).find(runId);
    if (known?.status === 'cancelled') throw refuse.RUN_CANCELLED();
    if (known) await jobs(ctx).update(runId, () => accept(request));
    else await jobs(ctx).create(runId, () => accept(request));
    // What still works for an older epoch works for nobody.
    if (known) await units.afterCommit(ctx, () => running.cancel({ runId, epoch: request.epoch - 1 }));
    const { tenantId } = ctx;
    await queue.put(ctx, { runId, tenantId, shootoutId, tones: tones.length, acceptedAt, startedAt: null });
    await startWaiting(ctx);
    return doing;
  };

type Asked = Readonly<{ ctx: Context; op: Op; acceptedAt: string }>;

function requestOf({ data, saga }: Command, { ctx, op, acceptedAt }: Asked) {
  const { runId, shootoutId, renderVersion } = data;
  const { correlationId, traceparent } = ctx;
  return {
    runId,
    shootoutId,
    renderVersion,
    epoch: saga?.epoch ?? 0,
    op: { ...op },
    origin: { correlationId, ...(traceparent !== undefined && { traceparent }) },
    acceptedAt,
    spec: specOf(data),
  };
}

const specOf = (data: DataOf<typeof RenderShootoutJob>): NonNullable<RenderJob['spec']> => ({
  mode: data.mode,
  di: data.di,
  ...(data.excerpt && { excerpt: data.excerpt }),
  inputGainDb: data.inputGainDb,
  ...(data.montageWindowMs !== undefined && { montageWindowMs: data.montageWindowMs }),
  ...(data.title !== undefined && { title: data.title }),
  tones: data.tones,
});

/** What the saga hears when the run must not start. */
export const refusedJob = ({ code, message }: { code: string; message: string }, { data }: Command): Outcome =>
  failed(RenderJobFailed, {
    runId: data.runId,
    shootoutId: data.shootoutId,
    code,
    retryable: false,
    errors: [{ code, detail: message.slice(0, 500) }],
  });
