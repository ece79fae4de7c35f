import { type Context, errors } from '@gts/kernel';
import { type Incoming, type Outgoing, outgoing } from '@gts/messaging';
import { type Encoder, repositories, runCommand, type Store } from '@gts/persistence';
import { InspectRun, RunCancelRequested, RunNoted, RunRequested } from '../toy/contracts';
import type { ToyDeps } from './toy-deps';
import { effectRows, type Run, runRows, totalRows } from './toy-rows';

type RunEvent = Readonly<{ type: 'requested' | 'noted' | 'cancelled'; runId: string; note: number }>;
type Deps = Readonly<{ store: Store; encoder: Encoder<Outgoing> }>;
export type RunVerb = 'create' | 'note' | 'cancel';

const refuse = errors('TOY', {
  RUN_CANCELLED: { kind: 'conflict', summary: 'It was given up.', message: () => 'a cancelled run takes no notes' },
});

const translate = ({ type, runId, note }: RunEvent): Outgoing[] => {
  if (type === 'requested') return [outgoing(RunRequested, { runId }), outgoing(InspectRun, { runId })];
  return [type === 'noted' ? outgoing(RunNoted, { runId, note }) : outgoing(RunCancelRequested, { runId })];
};

const noted = (command: string) => (run: Run) => {
  if (run.cancelled) throw refuse.RUN_CANCELLED();
  const { runId } = run;
  const note = run.notes + 1;
  return {
    state: { ...run, notes: note, commands: [...run.commands, command] },
    events: [{ type: 'noted', runId, note } as const],
  };
};

const cancelled = (command: string) => (run: Run) => ({
  state: { ...run, cancelled: true, commands: [...run.commands, command] },
  events: run.cancelled ? [] : [{ type: 'cancelled', runId: run.runId, note: 0 } as const],
});

/** The commands of the toy product, repeatable by their id as request/reply makes them. */
export function toyRuns({ store, encoder }: Deps) {
  const runs = repositories<Run, RunEvent, Outgoing>({
    store,
    encoder,
    collection: runRows,
    aggregate: 'Run',
    translate,
  });
  const verbs: Readonly<Record<RunVerb, (runId: string, command: string, ctx: Context) => Promise<void>>> = {
    create: (runId, command, ctx) =>
      runs(ctx).create(runId, () => ({
        state: { runId, notes: 0, cancelled: false, commands: [command] },
        events: [{ type: 'requested', runId, note: 0 }],
      })),
    note: (runId, command, ctx) => runs(ctx).update(runId, noted(command)),
    cancel: (runId, command, ctx) => runs(ctx).update(runId, cancelled(command)),
  };
  return async (verb: RunVerb, runId: string, ctx: Context): Promise<void> => {
    const command = { name: verb, requestDigest: runId };
    await runCommand({ store, ctx, command }, (inside) => verbs[verb](runId, ctx.commandId ?? '', inside));
  };
}

/** Writes down that a consumer had an effect of a message; called inside its unit. */
export async function noteEffect(
  store: Store,
  at: { consumer: string; message: Incoming; ctx: Context },
): Promise<void> {
  const { consumer, message, ctx } = at;
  const { runId } = message.data as { runId: string };
  await store.transaction(ctx, async (unit) => {
    const rows = unit.collection(effectRows);
    const id = `${consumer}:${message.id}`;
    const count = (await rows.find(id))?.count ?? 0;
    await rows.put(id, { consumer, messageId: message.id, runId, count: count + 1 });
  });
}

/** One more note of a tenant, under an id that every tenant uses. */
export async function noteTotal({ life, without }: ToyDeps, ctx: Context): Promise<void> {
  const def = without.includes('tenant scope') ? { ...totalRows, scope: 'global' as const } : totalRows;
  await life.store.transaction(ctx, async (unit) => {
    const rows = unit.collection(def);
    await rows.put('all', { notes: ((await rows.find('all'))?.notes ?? 0) + 1 });
  });
}
