import { consumersOf, type DeclaredSubscription, topologyOf } from '@gts/contracts';
import { type ServiceName, SYSTEM_TENANT, type TenantId } from '@gts/kernel';
import {
  createConsumers,
  createEncoder,
  type MemoryBroker,
  memoryBroker,
  type Protection,
  Relay,
  type Scheduler,
  type Subscription,
} from '@gts/messaging';
import { type SagaDefinition, type SagaFact, type SagaProtection, unprotected } from '@gts/saga';
import { aContext, anId, countingIds } from '../ids';
import { toyCatalogue } from '../toy/contracts';
import { toySaga } from '../toy/toy-saga';
import { chaosBus } from './chaos-bus';
import { Dice } from './dice';
import { sagasOf, unsettled } from './evidence';
import { type Doom, doomOf, HANG_MS } from './fates';
import { brokenOracles } from './oracles';
import type { SimResult, Simulation, TimerFact, ToyServiceName } from './simulation';
import { type Chaos, type Life, SimProcess, type World } from './sim-process';
import { isGivenUp, ToyClients } from './toy-client';
import type { SimProtection, ToyDeps } from './toy-deps';
import { toyRuns } from './toy-runs';
import { gearService, renderingService, shootoutsService, type ToyService } from './toy-services';
import { VirtualTime } from './virtual-time';

export type SimOptions = Readonly<{ without?: readonly SimProtection[]; trace?: (line: string) => void }> &
  Readonly<{
    /** One run of the product in fair weather, in which nothing but this happens. */
    only?: Doom | 'nothing';
    /**
     * Clients of these tenants only, each of whom waits for an answer before going on, and a patient saga: what comes
     * of a run then depends on its seed, not on faults or on other tenants.
     */
    apart?: Readonly<{ tenants: readonly number[]; storm: boolean }>;
  }>;
const NAMES: readonly [ToyServiceName, ...ToyServiceName[]] = ['shootouts', 'gear-catalog', 'rendering'];
const STORM_MS = 14_000;
const LONGEST_MS = 900_000;
const REST_MS = 1000;
const SAGA_PROTECTIONS: readonly string[] = ['epoch check', 'undo armed before send', 'participant fence', 'tombstone'];
const ACK_WAIT_MS = HANG_MS / 2;
const DRAIN_MS = 8000;
/** Two a tenant. */
const APART_RUNS = 4;
/** In which of eight seeds who is a killer. */
const KILLERS = { note: 0, work: 4 } as const;

const NO_FATE = { kill: 0, throw: 0, hang: 0, slow: 0 };
const NO_CHAOS: Chaos = { ...NO_FATE, lostAck: 0, lostPublish: 0, lostDelivery: 0, election: 0, conflict: 0 };
const storm = (dice: Dice): Chaos => ({
  kill: dice.chance(0.7) ? 0.004 : 0,
  throw: dice.chance(0.5) ? 0.002 : 0,
  hang: dice.chance(0.5) ? 0.001 : 0,
  slow: 0.05,
  lostAck: dice.chance(0.8) ? 0.04 : 0,
  lostPublish: 0.03,
  lostDelivery: dice.chance(0.3) ? 0.3 : 0.01,
  election: 0.7,
  conflict: 0.02,
});

/** The same saga with an eighth of its patience, so that time-outs race with answers. */
const hurried = (saga: SagaDefinition): SagaDefinition => ({
  ...saga,
  steps: saga.steps.map((each) => ({ ...each, timeoutMs: each.timeoutMs / 8, backoffMs: each.backoffMs / 8 })),
});

const certain = (only: SimOptions['only']): Doom | undefined => (only === 'nothing' ? undefined : only);

/** Every library, three services, one seed. */
class Simulator {
  readonly world: World;
  readonly broker: MemoryBroker;
  readonly subscriptions: readonly DeclaredSubscription[];
  readonly processes: Record<ToyServiceName, SimProcess>;
  readonly clients: ToyClients;
  readonly timers: TimerFact[] = [];
  readonly saga: SagaDefinition;
  readonly #without: readonly SimProtection[];
  readonly #apart: SimOptions['apart'];
  readonly #only: SimOptions['only'];
  #call: ReturnType<typeof toyRuns> | undefined;
  #election = false;
  readonly #stop = new Map<ToyServiceName, () => void>();

  constructor(
    readonly seed: number,
    { without = [], trace, only, apart }: SimOptions,
  ) {
    const time = new VirtualTime();
    const dice = new Dice(seed);
    const fair = only !== undefined || apart?.storm === false;
    const chaos = fair ? { ...NO_CHAOS, slow: 0.05 } : storm(dice);
    const note = (line: string) => trace?.(`${String(time.elapsedMs).padStart(7)} ${line}`);
    this.world = {
      seed,
      time,
      dice,
      chaos,
      newId: countingIds(),
      note,
      doom: fair ? certain(only) : doomOf(Dice.named(seed, 'doom')),
      tally: { redeliveries: 0, lives: 0, passed: [], met: new Set() },
    };
    this.#without = without;
    this.#apart = apart;
    this.#only = only;
    const sagas = without.filter((each): each is SagaProtection => SAGA_PROTECTIONS.includes(each));
    const patient = toySaga as unknown as SagaDefinition;
    this.saga = unprotected(apart ? patient : hurried(patient), sagas);
    const process = (service: ToyServiceName) => new SimProcess(service, this.world);
    this.processes = {
      shootouts: process('shootouts'),
      'gear-catalog': process('gear-catalog'),
      rendering: process('rendering'),
    };
    this.subscriptions = NAMES.flatMap((name) => this.#declared(name));
    this.broker = memoryBroker({ topology: this.#topology(), scheduler: brokerScheduler(this.world) });
    this.clients = new ToyClients(this.world, () => (this.processes.shootouts.alive ? this.#call : undefined));
  }

  async run(): Promise<Simulation> {
    const { time } = this.world;
    for (const name of NAMES) this.#begin(name);
    this.#play();
    if (this.#only === undefined && this.#apart?.storm !== false) this.#elections();
    await time.pass(STORM_MS);
    this.#calm();
    let quiet = false;
    while (!quiet && time.elapsedMs < LONGEST_MS) {
      await time.pass(REST_MS);
      quiet = await this.#isQuiet();
    }
    const { seed, world, broker, subscriptions, processes, clients, timers, saga } = this;
    return { seed, world, broker, subscriptions, processes, clients, timers, saga, quiet };
  }

  #play(): void {
    const { dice } = this.world;
    const runs = this.#only === undefined ? dice.between(2, 4) : 1;
    for (let run = 1; run <= (this.#apart ? APART_RUNS : runs); run++) {
      const tenant = run % 2;
      if (this.#apart && !this.#apart.tenants.includes(tenant)) continue;
      const tenantId = anId<'Tenant'>(tenant) as TenantId;
      void this.clients.play(tenantId, `tenant ${tenant} run ${run}`, this.#apart !== undefined);
    }
  }

  /** From here on nothing goes wrong any more, but what went wrong before must be made good. */
  #calm(): void {
    const { chaos, note } = this.world;
    Object.assign(chaos, NO_CHAOS);
    this.#election = false;
    note('the storm is over');
  }

  async #isQuiet(): Promise<boolean> {
    const alive = NAMES.every((name) => this.processes[name].alive);
    const sent = NAMES.every((name) => this.processes[name].rows.rows.every(({ state }) => state === 'published'));
    if (!alive || !sent || this.clients.busy || (await unsettled(this)) > 0) return false;
    return (await sagasOf(this)).every(({ state }) => state === 'completed' || state === 'compensated');
  }

  #elections(): void {
    const { time, dice, chaos } = this.world;
    time.after(dice.between(1000, 6000), () => {
      this.#election = dice.chance(chaos.election);
      const lengthMs = dice.between(2000, 8000);
      time.after(lengthMs, () => void (this.#election = false));
      // A deployment in the middle of it: what the relay remembered of failed rows is gone.
      const name = dice.chance(0.6) ? 'shootouts' : dice.pick(NAMES);
      time.after(dice.between(1000, lengthMs), () => this.#stop.get(name)?.());
    });
  }

  /** Without message ids every copy is stored: as if the broker's window were closed. */
  #topology() {
    const { streams } = topologyOf(toyCatalogue, []);
    const windowed = !this.#without.includes('messageId');
    return {
      streams: streams.map((each) => (windowed ? each : { ...each, duplicateWindowMs: 0 })),
      consumers: this.subscriptions.flatMap(consumersOf).map((each) => ({ ...each, ackWaitMs: ACK_WAIT_MS })),
    };
  }

  #declared(service: ToyServiceName): DeclaredSubscription[] {
    const life = this.processes[service].begin();
    const { subscriptions } = this.#compose(life, service);
    this.processes[service].die('the planning table');
    return subscriptions.map((each) => ({ service, name: each.name, kind: each.kind, from: sourceOf(each) }));
  }

  #compose(life: Life, service: ToyServiceName): ToyService {
    const { time, newId } = this.world;
    const encoder = createEncoder({ producer: service, newId, clock: time.clock });
    const stormy = this.#only === undefined && !this.#apart;
    const kills: ToyDeps['kills'] = (what, runId) => stormy && this.seed % 8 === KILLERS[what] && runId.endsWith('1');
    const waits = (runId: string) => this.#apart !== undefined && isGivenUp(this.seed, runId);
    const observe = (fact: SagaFact) => this.#observe(fact);
    const deps: ToyDeps = { life, encoder, saga: this.saga, observe, kills, waits, without: this.#without };
    if (service === 'shootouts') {
      this.#call = toyRuns({ store: life.store, encoder });
      return shootoutsService(deps);
    }
    return service === 'rendering' ? renderingService(deps, aContext({ tenantId: SYSTEM_TENANT })) : gearService(deps);
  }

  #observe(fact: SagaFact): void {
    this.world.note(`saga ${JSON.stringify(fact)}`);
    if (fact.fact === 'timer') this.timers.push({ ...fact, atMs: this.world.time.nowMs });
  }

  #begin(name: ToyServiceName): void {
    const { time, dice, note } = this.world;
    const process = this.processes[name];
    const life = process.begin();
    note(`${name} lives`);
    const service = this.#compose(life, name);
    const bus = chaosBus(life, this.broker, () => this.#election);
    // Without its header a message would be parked at once; without ids the broker just keeps every copy.
    const ours = this.#without.filter((each) => each !== 'messageId');
    const without = ours.filter((each) => !SAGA_PROTECTIONS.includes(each) && each !== 'tenant scope') as Protection[];
    const owner = `${name} ${life.number}`;
    const { store, scheduler, clock } = life;
    const probe = life.probe.bind(life);
    const base = { service: name as ServiceName, store, bus, scheduler, clock, owner, probe, without };
    const consumers = createConsumers({ ...base, subscriptions: service.subscriptions, newId: this.world.newId });
    const relay = new Relay(base);
    relay.start();
    consumers.start();
    const gone = () => life.alive && process.die('a graceful stop');
    this.#stop.set(name, () => {
      // A drain that fails or lasts too long ends the process all the same.
      time.after(DRAIN_MS, gone);
      void consumers
        .stop(1000)
        .then(() => relay.stop())
        .then(gone, gone);
    });
    for (const { ms, run } of service.every) repeat(life, ms, run);
    life.atDeath(() => void time.after(dice.between(50, 3000), () => this.#begin(name)));
  }
}

const brokerScheduler = ({ time, dice }: World): Scheduler => ({
  after: (ms, run) => time.after(ms, run),
  soon: (run) => void time.after(0, run),
  nowMs: () => time.nowMs,
  random: () => dice.next(),
});

function repeat(life: Life, ms: number, run: () => Promise<unknown>): void {
  const again = () => void life.scheduler.after(ms * (0.8 + 0.4 * life.scheduler.random()), next);
  const next = () => void run().then(again, again);
  again();
}

function sourceOf(subscription: Subscription): DeclaredSubscription['from'] {
  if (subscription.kind === 'projection') return { context: subscription.context, aggregate: subscription.aggregate };
  if (subscription.kind === 'handler') return [subscription.def];
  return subscription.kind === 'work' ? subscription.items.map(({ def }) => def) : subscription.defs;
}

/** One run of the toy product under the faults of one seed: all that it leaves behind. */
export const played = (seed: number, options: SimOptions): Promise<Simulation> => new Simulator(seed, options).run();

/** One run of the toy product under the faults of one seed, and what the oracles say of it. */
export async function simulate(seed: number, options: SimOptions = {}): Promise<SimResult> {
  return brokenOracles(await played(seed, options));
}
