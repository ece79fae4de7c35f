import { type SagaId, type SagaRef } from '@gts/kernel';
import { memoryStore } from '@gts/persistence';
import {
  anId,
  CancelRun,
  GearHeld,
  GearHoldRefused,
  GearReleased,
  HoldGear,
  manualClock,
  plainEncoder,
  ReleaseGear,
  RenderRun,
  RunRendered,
  RunRenderCancelled,
  RunRenderFailed,
  SagaBench,
} from '@gts/testing';
import { errors } from '@gts/kernel';
import { completeOp } from './complete-op';
import { doing, done, failed, type Op } from './participant-types';
import { participant, participants } from './participants';
import { opRows } from './rows';

const sagaId = anId<'Saga'>(1) as SagaId;
const refuse = errors('PARTTEST', {
  NO: { kind: 'rule-violated', summary: 'No.', message: () => 'no' },
  AWAY: { kind: 'unavailable', summary: 'Away.', message: () => 'away' },
});
const at = (step: string, epoch: number): { saga: SagaRef } => ({ saga: { id: sagaId, type: 'toy-run', step, epoch } });

/** A service that holds gear and renders; `calls` lists what really ran. */
function aService() {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const deps = { store, encoder: plainEncoder() };
  const calls: string[] = [];
  let mood: 'fine' | 'refuse' | 'fail' | 'away' = 'fine';
  const list = [
    participant(HoldGear, {
      do: async (_command, _ctx, { attempt }) => {
        calls.push(`hold ${attempt}`);
        if (mood === 'refuse') throw refuse.NO();
        if (mood === 'away') throw refuse.AWAY();
        if (mood === 'fail') return failed(GearHoldRefused, { runId: 'r', code: 'X', retryable: true });
        return done(GearHeld, { runId: 'r', holdId: 'h' });
      },
      refused: ({ code }) => failed(GearHoldRefused, { runId: 'r', code, retryable: false }),
      undo: ReleaseGear,
      undoDo: async (_command, _ctx, { attempt }) => {
        calls.push(`release ${attempt}`);
        return done(GearReleased, { runId: 'r' });
      },
    }),
    participant(RenderRun, {
      do: async () => doing,
      undo: CancelRun,
      undoDo: async () => done(RunRenderCancelled, { runId: 'r' }),
    }),
  ];
  const bench = new SagaBench(store);
  const subscription = participants('part', list, deps);
  const send = (...[def, step, epoch]: [typeof HoldGear | typeof RenderRun, string, number]) =>
    bench.deliver(subscription, def as typeof HoldGear, at(step, epoch));
  const state = async (step: string) => (await store.collection(opRows, bench.ctx).find(`${sagaId}:${step}`))?.state;
  return { bench, calls, clock, deps, send, state, be: (next: typeof mood) => (mood = next) };
}

const HOLD = 'hold gear';
type Service = ReturnType<typeof aService>;
let service: Service;
beforeEach(() => {
  service = aService();
});
const sent = async () => (await service.bench.sent()).map(({ type, saga }) => `${type.split('.')[1]} ${saga?.epoch}`);

test('runs a command once and tells the outcome again under the latest reference', async () => {
  await service.send(HoldGear, HOLD, 1);
  await service.send(HoldGear, HOLD, 2);
  expect(service.calls).toEqual(['hold 1']);
  expect(await sent()).toEqual(['GearHeld 1', 'GearHeld 2']);
});

test('ignores what is older than the newest epoch it saw', async () => {
  await service.send(ReleaseGear, HOLD, 5);
  await service.send(HoldGear, HOLD, 4);
  expect(service.calls).toEqual(['release 0']);
  expect(await sent()).toEqual(['GearReleased 5']);
  expect(await service.state(HOLD)).toBe('tombstone');
});

test('an undo without its command leaves a tombstone, so the command never starts', async () => {
  await service.send(ReleaseGear, HOLD, 2);
  await service.send(HoldGear, HOLD, 2);
  expect(service.calls).toEqual(['release 0']);
  expect(await sent()).toEqual(['GearReleased 2', 'GearHoldRefused 2']);
  expect((await service.bench.sent()).at(-1)?.data).toMatchObject({ code: 'SAGA.UNDONE', retryable: false });
  await service.send(ReleaseGear, HOLD, 3);
  expect((await sent()).at(-1)).toBe('GearReleased 3');
});

test('undoes once what was done, and says so again', async () => {
  await service.send(HoldGear, HOLD, 1);
  await service.send(ReleaseGear, HOLD, 2);
  await service.send(ReleaseGear, HOLD, 3);
  expect(service.calls).toEqual(['hold 1', 'release 1']);
  expect(await sent()).toEqual(['GearHeld 1', 'GearReleased 2', 'GearReleased 3']);
});

test('runs a failed step again as its next attempt', async () => {
  service.be('fail');
  await service.send(HoldGear, HOLD, 1);
  service.be('fine');
  await service.send(HoldGear, HOLD, 2);
  expect(service.calls).toEqual(['hold 1', 'hold 2']);
  expect(await sent()).toEqual(['GearHoldRefused 1', 'GearHeld 2']);
});

test('an undo of a failed step has nothing to take back', async () => {
  service.be('fail');
  await service.send(HoldGear, HOLD, 1);
  await service.send(ReleaseGear, HOLD, 2);
  expect(service.calls).toEqual(['hold 1', 'release 0']);
  expect(await service.state(HOLD)).toBe('undone');
});

test('turns a refusal into the failure event, and lets other errors take the way of the consumer', async () => {
  service.be('refuse');
  await service.send(HoldGear, HOLD, 1);
  expect((await service.bench.sent()).at(-1)?.data).toMatchObject({ code: 'PARTTEST.NO', retryable: false });
  service.be('away');
  await expect(service.send(HoldGear, HOLD, 2)).rejects.toMatchObject({ code: 'PARTTEST.AWAY' });
  expect(await sent()).toEqual(['GearHoldRefused 1']);
});

describe('a job', () => {
  const op: Op = { sagaId, step: 'render', attempt: 1 };
  const complete = (which: Op = op) =>
    completeOp(service.deps)(service.bench.ctx, which, done(RunRendered, { runId: 'r' }));

  test('is not started twice, and its outcome answers the latest command', async () => {
    await service.send(RenderRun, 'render', 1);
    await service.send(RenderRun, 'render', 2);
    expect(await sent()).toEqual([]);
    await complete();
    expect(await sent()).toEqual(['RunRendered 2']);
    await expect(complete()).rejects.toMatchObject({ code: 'SAGA.FENCED' });
  });

  test('is fenced by its undo', async () => {
    await service.send(RenderRun, 'render', 1);
    await service.send(CancelRun, 'render', 2);
    await expect(complete()).rejects.toMatchObject({ code: 'SAGA.FENCED', kind: 'unavailable' });
    expect(await sent()).toEqual(['RunRenderCancelled 2']);
  });

  test('may fail', async () => {
    await service.send(RenderRun, 'render', 1);
    const outcome = failed(RunRenderFailed, { runId: 'r', code: 'Y', retryable: false });
    await completeOp(service.deps)(service.bench.ctx, op, outcome);
    expect(await sent()).toEqual(['RunRenderFailed 1']);
  });
});

test('a do that wrote before it threw leaves nothing', async () => {
  const { deps, bench } = service;
  const half = participants(
    'half',
    [
      participant(HoldGear, {
        do: async (_command, ctx) => {
          await deps.store.transaction(ctx, async (unit) => unit.collection(opRows).delete('nothing'));
          throw refuse.NO();
        },
        refused: ({ code }) => failed(GearHoldRefused, { runId: 'r', code, retryable: false }),
      }),
    ],
    deps,
  );
  await expect(bench.deliver(half, HoldGear, at(HOLD, 1))).rejects.toMatchObject({ code: 'STORE.UNIT_DOOMED' });
  expect(await bench.sent()).toEqual([]);
});

test('a command without a saga reference is refused', async () => {
  const bare = service.bench.deliver(
    participants('x', [participant(HoldGear, { do: async () => doing })], service.deps),
    HoldGear,
  );
  await expect(bare).rejects.toMatchObject({ code: 'SAGA.REFERENCE_MISSING' });
});
