import type { Clock, SagaId, TenantId } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import { type SagaDefinition, type SagaFact, sagaHost, type SagaHost, sagaOperations } from '@gts/saga';
import { anId, countingIds } from '../ids';
import { GearHeld, GearHoldRefused, GearReleased, RunCancelRequested, RunFailed, RunRequested } from '../toy/contracts';
import { toySaga } from '../toy/toy-saga';
import { plainEncoder, SagaBench, systemContext } from './saga-bench';

export type StoreUnderTest = Readonly<{
  store: Store;
  clock: Clock & { advance(ms: number): void };
  close: () => Promise<void>;
}>;
export type MakeStore = () => Promise<StoreUnderTest>;

const START = { runId: 'r' };

class Stage {
  readonly facts: SagaFact[] = [];
  readonly bench: SagaBench;
  readonly ids = countingIds();
  host: SagaHost;

  constructor(readonly under: StoreUnderTest) {
    this.bench = new SagaBench(under.store);
    this.host = this.newHost();
  }

  /** Another replica, or the same service after a restart: nothing but the rows is shared. */
  newHost(definition: SagaDefinition = toySaga as unknown as SagaDefinition): SagaHost {
    const { store } = this.under;
    const observe = (fact: SagaFact) => void this.facts.push(fact);
    return sagaHost(definition, { store, encoder: plainEncoder(), newId: this.ids, observe });
  }

  start(tenantId?: TenantId): Promise<void> {
    return this.bench.deliver(this.host.subscription, RunRequested, { data: START, ...(tenantId && { tenantId }) });
  }

  async sagas() {
    const page = await this.host.operator.list({}, systemContext());
    return page.items;
  }

  async only() {
    const [saga, ...more] = await this.sagas();
    if (!saga || more.length > 0) throw new Error(`one saga was expected, there are ${more.length + (saga ? 1 : 0)}`);
    return this.host.operator.show(saga.id, systemContext());
  }

  async answer(event: Parameters<SagaBench['answer']>[1], at = -1): Promise<void> {
    await this.bench.answer(this.host.subscription, event, (await this.bench.sent()).at(at));
  }
}

/** What a saga host needs of its store; the same for every adapter. */
export function sagaStoreContract(name: string, make: MakeStore): void {
  describe(`sagas over ${name}`, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = new Stage(await make());
    });
    afterEach(() => stage.under.close());

    startLaws(() => stage);
    replyLaws(() => stage);
    timerLaws(() => stage);
    operatorLaws(() => stage);
  });
}

function startLaws(stage: () => Stage): void {
  test('a start writes the saga, its timer and its first command together', async () => {
    await stage().start();
    expect(await stage().only()).toMatchObject({ state: 'running', step: 'hold gear', attempt: 1, key: 'r' });
    const [command] = await stage().bench.sent();
    expect(command).toMatchObject({ type: 'gear-catalog.HoldGear', orderSeq: 1, data: START });
    expect(command?.orderKey).toBe(`saga/${(await stage().only()).id}`);
  });

  test('a unit that fails leaves nothing: no saga, no command, no timer', async () => {
    const { under, bench, host } = stage();
    const failing = under.store.transaction(bench.ctx, async (unit) => {
      const message = { id: anId<'Message'>(1), type: RunRequested.type, occurredAt: under.clock.now() };
      await host.subscription.apply({ ...message, tenantId: bench.ctx.tenantId, data: START }, unit.ctx);
      throw new Error('the end of this unit');
    });
    await expect(failing).rejects.toThrow('the end of this unit');
    under.clock.advance(60_000);
    expect([await stage().sagas(), await bench.sent(), await host.timers.fireDue()]).toEqual([[], [], 0]);
  });

  test('one unfinished saga a tenant and key: a second start changes nothing, another tenant has its own', async () => {
    await stage().start();
    await stage().start();
    await stage().start(anId<'Tenant'>(7));
    expect(await stage().sagas()).toHaveLength(2);
    expect(await stage().bench.fresh()).toEqual(['HoldGear', 'HoldGear']);
    expect(stage().facts).toContainEqual({ fact: 'ignored', type: 'toy-run', reason: 'second start' });
  });

  test('the key is free again once the saga ended', async () => {
    await stage().start();
    await stage().answer(GearHoldRefused);
    await stage().answer(GearReleased);
    await stage().answer(RunFailed);
    await stage().start();
    expect((await stage().sagas()).map((each) => each.state).toSorted()).toEqual(['compensated', 'running']);
  });
}

function replyLaws(stage: () => Stage): void {
  test('a restarted service goes on where the rows say', async () => {
    await stage().start();
    stage().host = stage().newHost();
    await stage().answer(GearHeld);
    expect(await stage().bench.fresh()).toEqual(['HoldGear', 'RenderRun']);
    expect(await stage().only()).toMatchObject({ step: 'render', epoch: 2 });
  });

  test('the same answer ten times at once moves the saga once', async () => {
    await stage().start();
    const [command] = await stage().bench.sent();
    const { bench, host } = stage();
    await Promise.allSettled(Array.from({ length: 10 }, () => bench.answer(host.subscription, GearHeld, command)));
    expect(await bench.fresh()).toEqual(['HoldGear', 'RenderRun']);
  });

  test('an answer from another tenant is refused, one to an unknown saga is ignored', async () => {
    await stage().start();
    const [command] = await stage().bench.sent();
    const { bench, host } = stage();
    if (!command?.saga) throw new Error('the command has no saga reference');
    const foreign = bench.deliver(host.subscription, GearHeld, { saga: command.saga, tenantId: anId<'Tenant'>(7) });
    await expect(foreign).rejects.toMatchObject({ code: 'SAGA.TENANT_MISMATCH' });
    await bench.deliver(host.subscription, GearHeld, { saga: { ...command.saga, id: anId<'Saga'>(9) as SagaId } });
    expect(await stage().only()).toMatchObject({ step: 'hold gear' });
  });

  test('a cancel turns back what it finds and is no error where nothing runs', async () => {
    const { bench, host } = stage();
    await bench.deliver(host.subscription, RunCancelRequested, { data: START });
    await stage().start();
    await bench.deliver(host.subscription, RunCancelRequested, { data: START });
    expect(await bench.fresh()).toEqual(['HoldGear', 'ReleaseGear']);
    expect(await stage().only()).toMatchObject({ state: 'compensating', why: 'SAGA.CANCELLED' });
  });

  test('a saga of a version that this release lacks waits for one that knows it', async () => {
    await stage().start();
    stage().host = stage().newHost({ ...(toySaga as unknown as SagaDefinition), version: 2 });
    await expect(stage().answer(GearHeld)).rejects.toMatchObject({
      code: 'SAGA.VERSION_UNKNOWN',
      kind: 'unavailable',
      retryAfterMs: 60_000,
    });
  });
}

function timerLaws(stage: () => Stage): void {
  test('a timer fires once, by store time, never early', async () => {
    await stage().start();
    const { under, host, bench } = stage();
    under.clock.advance(29_999);
    expect(await host.timers.fireDue()).toBe(0);
    under.clock.advance(1);
    expect([await host.timers.fireDue(), await host.timers.fireDue()]).toEqual([1, 0]);
    expect(await bench.fresh()).toEqual(['HoldGear', 'HoldGear']);
    expect(await stage().only()).toMatchObject({ epoch: 2, attempt: 2 });
  });

  test('two replicas fire a timer once', async () => {
    await stage().start();
    const { under, host, bench } = stage();
    const other = stage().newHost();
    under.clock.advance(30_000);
    await Promise.all([host.timers.fireDue(), other.timers.fireDue()]);
    expect(await bench.fresh()).toEqual(['HoldGear', 'HoldGear']);
  });

  test('the timer of an answered command is gone', async () => {
    await stage().start();
    await stage().answer(GearHeld);
    stage().under.clock.advance(30_000);
    expect(await stage().host.timers.fireDue()).toBe(0);
  });

  test('a restarted poller finds what fell due while nobody was there', async () => {
    await stage().start();
    stage().under.clock.advance(3_600_000);
    expect(await stage().newHost().timers.fireDue()).toBe(1);
  });
}

function operatorLaws(stage: () => Stage): void {
  test('an operator sees no data, and what he does is in the timeline', async () => {
    await stage().start();
    const { host, under } = stage();
    const operations = sagaOperations([host], under);
    const page = await operations.ListSagas({ limit: 10, state: 'running' }, systemContext());
    expect(page.items[0]).not.toHaveProperty('data');
    const id = page.items[0]?.id ?? '';
    await operations.CancelSaga({ id, reason: 'asked for by phone' }, systemContext());
    const shown = await operations.ShowSaga({ id }, systemContext());
    expect(shown.state).toBe('compensating');
    expect(shown.timeline.map((each) => each.what)).toContainEqual(expect.stringContaining('asked for by phone'));
  });

  test('an operator who is too late is told so, and nothing changes', async () => {
    await stage().start();
    const { host } = stage();
    const { id, epoch } = await stage().only();
    const refused = host.operator.skip({ sagaId: id, reason: 'too early' }, systemContext());
    await expect(refused).rejects.toMatchObject({ code: 'SAGA.WRONG_STATE', kind: 'conflict' });
    expect(await stage().only()).toMatchObject({ epoch, state: 'running' });
    const unknown = host.operator.show(anId<'Saga'>(9) as SagaId, systemContext());
    await expect(unknown).rejects.toMatchObject({ code: 'SAGA.NOT_FOUND' });
  });
}
