import type { Context } from '@gts/kernel';
import { type Incoming, on, projection, type Subscription, when } from '@gts/messaging';
import { completeOp, doing, done, failed, type Op, participant, participants, sagaHost } from '@gts/saga';
import * as toy from '../toy/contracts';
import type { Dice } from './dice';
import { kill } from './sim-process';
import { moodOf, type ToyDeps } from './toy-deps';
import { copyRows, endingRows, holdRows, type Hold, type Job, jobRows, type RunCopy } from './toy-rows';
import { noteEffect, noteTotal } from './toy-runs';
import { inspections } from './toy-work';

/** One service as its composition makes it: consumers, and what goes on by itself. */
export type ToyService = Readonly<{ subscriptions: readonly Subscription[]; every: readonly Chore[] }>;
export type Chore = Readonly<{ ms: number; run: () => Promise<unknown> }>;

const sagaDeps = ({ life, encoder }: ToyDeps) => {
  const { store } = life;
  return { store, encoder, newId: life.process.world.newId, probe: life.probe.bind(life) };
};
const diceOf = ({ life }: ToyDeps): Dice => life.process.world.dice;

const refusal = (runId: string, mood: 'later' | 'no') => ({ runId, code: 'TOY.REFUSED', retryable: mood === 'later' });

async function ending(deps: ToyDeps, ctx: Context, { runId, how }: { runId: string; how: 'finished' | 'failed' }) {
  await deps.life.store.transaction(ctx, async (unit) => {
    const rows = unit.collection(endingRows);
    const { finished, failed: lost } = (await rows.find(runId)) ?? { finished: 0, failed: 0 };
    await rows.put(runId, {
      runId,
      finished: finished + Number(how === 'finished'),
      failed: lost + Number(how === 'failed'),
    });
  });
}

/** Owner of the runs and host of their saga. */
export function shootoutsService(deps: ToyDeps): ToyService {
  const host = sagaHost(deps.saga, { ...sagaDeps(deps), observe: deps.observe, random: () => diceOf(deps).next() });
  const part = participants(
    'part',
    [
      participant(toy.FinishRun, {
        do: async ({ data: { runId } }, ctx, { attempt }) => {
          const mood = moodOf(deps, `finish ${runId} ${attempt}`);
          if (mood !== 'done') return failed(toy.RunFinishRefused, refusal(runId, mood));
          await ending(deps, ctx, { runId, how: 'finished' });
          return done(toy.RunFinished, { runId });
        },
      }),
      participant(toy.FailRun, {
        do: async ({ data: { runId } }, ctx) => {
          await ending(deps, ctx, { runId, how: 'failed' });
          return done(toy.RunFailed, { runId });
        },
      }),
    ],
    { ...sagaDeps(deps), without: deps.saga.without },
  );
  return { subscriptions: [host.subscription, part], every: [{ ms: 500, run: () => host.timers.fireDue() }] };
}

const noHold = (runId: string): Hold => ({ runId, held: 0, released: 0, pinned: 0 });

async function hold(
  deps: ToyDeps,
  ctx: Context,
  { runId, what }: { runId: string; what: 'held' | 'released' | 'pinned' },
) {
  await deps.life.store.transaction(ctx, async (unit) => {
    const rows = unit.collection(holdRows);
    const found = await rows.find(runId);
    const { held, released, pinned } = found ?? noHold(runId);
    const next = { runId, held, released, pinned };
    await rows.put(runId, { ...next, [what]: next[what] + 1 });
  });
}

function applyRun(deps: ToyDeps, change: (copy: RunCopy, message: Incoming) => Partial<RunCopy>) {
  return async (message: Incoming<{ runId: string }>, ctx: Context): Promise<void> => {
    const { runId } = message.data;
    await deps.life.store.transaction(ctx, async (unit) => {
      const rows = unit.collection(copyRows);
      const found = await rows.find(runId);
      const copy: RunCopy = found
        ? { runId, notes: found.notes, cancelled: found.cancelled, versions: found.versions }
        : { runId, notes: 0, cancelled: false, versions: [] };
      const versions = [...copy.versions, message.aggregate?.version ?? 0];
      await rows.put(runId, { ...copy, ...change(copy, message), versions });
    });
  };
}

/** The projection of another service's runs. */
const copiesOf = (deps: ToyDeps): Subscription =>
  projection('copies', {
    from: { context: 'shootouts', aggregate: 'Run' },
    apply: [
      when(
        toy.RunRequested,
        applyRun(deps, () => ({})),
      ),
      when(
        toy.RunNoted,
        applyRun(deps, (_copy, { data }) => ({ notes: (data as { note: number }).note })),
      ),
      when(
        toy.RunCancelRequested,
        applyRun(deps, () => ({ cancelled: true })),
      ),
    ],
  });

/** Keeps gear, projects runs and counts their notes. */
export function gearService(deps: ToyDeps): ToyService {
  const part = participants(
    'part',
    [
      participant(toy.HoldGear, {
        do: async ({ data: { runId } }, ctx, { attempt }) => {
          const mood = moodOf(deps, `hold ${runId} ${attempt}`);
          if (mood !== 'done') return failed(toy.GearHoldRefused, refusal(runId, mood));
          await hold(deps, ctx, { runId, what: 'held' });
          return done(toy.GearHeld, { runId, holdId: `hold of ${runId}` });
        },
        undo: toy.ReleaseGear,
        undoDo: async ({ data: { runId } }, ctx, { attempt }) => {
          if (attempt > 0) await hold(deps, ctx, { runId, what: 'released' });
          return done(toy.GearReleased, { runId });
        },
      }),
      participant(toy.PinGear, {
        do: async ({ data: { runId } }, ctx) => {
          await hold(deps, ctx, { runId, what: 'pinned' });
          return done(toy.GearPinned, { runId });
        },
      }),
    ],
    { ...sagaDeps(deps), without: deps.saga.without },
  );
  const notes = on(toy.RunNoted, {
    name: 'notes',
    apply: async (message, ctx) => {
      if (message.data.note === 1 && deps.kills('note', message.data.runId)) return kill(deps.life, 'a killer message');
      await noteEffect(deps.life.store, { consumer: 'notes', message, ctx });
      await noteTotal(deps, ctx);
    },
  });
  return { subscriptions: [part, copiesOf(deps), notes], every: [] };
}

const opOf = ({ sagaId, step, attempt }: Job): Op => ({ sagaId: sagaId as Op['sagaId'], step, attempt });

async function completeJob(deps: ToyDeps, id: string, ctx: Context): Promise<void> {
  const { store } = deps.life;
  const complete = completeOp(sagaDeps(deps));
  await store.transaction(ctx, async (unit) => {
    const rows = unit.collection(jobRows);
    const row = await rows.find(id);
    if (row?.status !== 'queued' || deps.waits(row.runId)) return;
    const { meta: _meta, ...job } = row;
    const mood = moodOf(deps, `render ${job.runId} ${job.attempt}`);
    const inside = unit.with({ ...ctx, tenantId: job.tenantId as Context['tenantId'] }).ctx;
    await rows.put(id, { ...job, status: mood === 'done' ? 'done' : 'failed' });
    const outcome =
      mood === 'done'
        ? done(toy.RunRendered, { runId: job.runId })
        : failed(toy.RunRenderFailed, refusal(job.runId, mood));
    await complete(inside, opOf(job), outcome);
  });
}

/** Renders as jobs: queued by the command, finished some time later by whoever lives then. */
export function renderingService(deps: ToyDeps, ctx: Context): ToyService {
  const { store } = deps.life;
  const putJob = (message: Incoming<{ runId: string }>, inside: Context, job: Pick<Job, 'status'> & { op: Op }) =>
    store.transaction(inside, async (unit) => {
      const { sagaId, step, attempt } = job.op;
      const { tenantId } = message;
      const { runId } = message.data;
      await unit
        .collection(jobRows)
        .put(`${sagaId}:${step}`, { runId, tenantId, sagaId, step, attempt, status: job.status });
    });
  const part = participants(
    'part',
    [
      participant(toy.RenderRun, {
        do: async (message, inside, op) => {
          await putJob(message, inside, { op, status: 'queued' });
          return doing;
        },
        undo: toy.CancelRun,
        undoDo: async (message, inside, op) => {
          if (op.attempt > 0) await putJob(message, inside, { op, status: 'cancelled' });
          return done(toy.RunRenderCancelled, { runId: message.data.runId });
        },
      }),
    ],
    { ...sagaDeps(deps), without: deps.saga.without },
  );
  const work = async () => {
    const page = await store.collection(jobRows, ctx).query({ index: 'byStatus', where: { status: 'queued' } });
    for (const { meta } of page.items)
      if (diceOf(deps).chance(0.4)) await completeJob(deps, meta.id, ctx).catch(fenced);
  };
  return { subscriptions: [part, inspections(deps)], every: [{ ms: 400, run: work }] };
}

/** Somebody undid the step in between: the output is discarded. */
function fenced(error: unknown): void {
  if ((error as { code?: string }).code !== 'SAGA.FENCED') throw error;
}
