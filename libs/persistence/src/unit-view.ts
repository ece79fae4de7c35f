import { type Context, type Instant, instantOf, type MessageId, type TenantId } from '@gts/kernel';
import { keyOf } from './command-key';
import { tenantOf } from './documents';
import { storeErrors } from './errors';
import type { CollectionDef, OutboxMark, Reader, Unit, Writer } from './ports';
import { readerOver, type Run } from './reader';
import { carrying } from './slot';
import type { UnitCore } from './unit-core';
import { writerOver } from './writer';

/** What `fn` of a transaction sees: the unit through the eyes of one caller. */
export function unitView(core: UnitCore, caller: Context): Unit {
  const ctx = carrying(caller, core);
  const write = <R>(work: () => R | Promise<R>) =>
    core.run(() => {
      core.writes += 1;
      return work();
    });
  return {
    ctx,
    collection: (def) => documentsOf(def, ctx, core),
    as: (tenantId: TenantId) => unitView(core, { ...ctx, tenantId }),
    with: (other) => unitView(core, other),
    prefetch: (def, ids) =>
      core.run(async () => {
        await core.life.ensure(def);
        await core.session.documents.prefetch?.(def, tenantOf(def, ctx), ids);
      }),
    outbox: {
      add: (row) => {
        core.assertAlive();
        core.writes += 1;
        core.rows.push(row);
      },
      mark: (rows) => write(async () => core.session.outbox.mark(rows, await core.session.nowMs())),
      judge: (rows) => write(() => judge(core, rows)),
    },
    inbox: {
      seen: (consumer, ids) => core.run(() => core.session.inbox.seen(consumer, ids)),
      insert: (consumer, id, digest) =>
        write(async () => core.session.inbox.insert(consumer, id, { digest, nowMs: await core.timeMs() })),
    },
    commands: {
      insert: (row) =>
        write(async () => {
          core.reply = row;
          await core.session.commands.insert(keyOf(ctx), row, { nowMs: await core.session.nowMs() });
        }),
    },
    leases: {
      verify: (name, epoch) => write(() => verify(core, new Map([[name, epoch]]))),
      verifyAll: (held) => write(() => verify(core, held)),
    },
    now: (): Promise<Instant> => core.run(async () => instantOf(await core.session.nowMs())),
    afterCommit: (action) => {
      core.assertAlive();
      core.actions.push(action);
    },
  };
}

export function documentsOf<T>(def: CollectionDef<T>, ctx: Context, core: UnitCore): Reader<T> & Writer<T> {
  const run: Run = (any, work) =>
    core.run(async () => {
      await core.life.ensure(any);
      return work(core.session);
    });
  return { ...readerOver(def, ctx, run), ...writerOver(def, ctx, core) };
}

async function judge({ session }: UnitCore, marks: readonly OutboxMark[]): Promise<readonly MessageId[]> {
  const nowMs = await session.nowMs();
  const judged: MessageId[] = [];
  for (const mark of marks) if (await session.outbox.judge(mark, nowMs)) judged.push(mark.id);
  return judged;
}

async function verify(core: UnitCore, held: ReadonlyMap<string, number>): Promise<void> {
  const names = await core.session.leases.touch(held);
  if (names.length > 0) throw storeErrors.LEASE_LOST.with({ details: { names } }, names.join(', '));
}
