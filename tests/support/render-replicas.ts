import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtefactStore, fileArtefacts } from '@gts/artefacts';
import {
  type CancelRenderJob,
  catalogue,
  declaredServices,
  type EventDef,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobFailed,
  type RenderShootoutJob,
  topologyOf,
} from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import {
  type Broadcasts,
  type Bus,
  createConsumers,
  createEncoder,
  decodeEnvelope,
  memoryBroadcasts,
  memoryBroker,
  outgoing,
  systemScheduler,
} from '@gts/messaging';
import { memoryStore, type Store } from '@gts/persistence';
import { aContext, anId } from '@gts/testing';
import { chainRenders } from '../../services/rendering/src/adapters/collections';
import { compose, findMachine, type Machine } from '../../services/rendering/src/composition';
import { readConfig } from '../../services/rendering/src/config';
import { eventually } from './eventually';

/** Waiting, not working, goes by faster than life: an acknowledgement is waited for 3 s, a retry 0.5 and 3. */
const SPEED = 10;
const ACK_WAIT_MS = 30_000;
/** Longer than anything here takes, also on a busy machine: it only ends what hangs. */
const WITHIN_MS = 100_000;
const clock = clockOf(() => new Date().getTime());
const newId = idFactory(() => clock.epochMs());
const scheduler = {
  ...systemScheduler,
  random: () => 0.5,
  after: (ms: number, run: () => void) => systemScheduler.after(ms / SPEED, run),
  nowMs: () => systemScheduler.nowMs() * SPEED,
};
const encoder = createEncoder({ producer: 'rendering', newId, clock });
const worker = join(__dirname, '../../services/rendering/dist/adapters/worker/worker.js');

type Gate = Readonly<{
  /** File that opens it. */
  gate: string;
  /** Hash of the only capture that it stops; each one when left out. */
  only?: string | undefined;
}>;

/** The real thread, which stands still with a capture until `gate` is there and then does as it says; it fails once. */
const stub = ({ gate, only }: Gate): string => `
  const { existsSync, readFileSync, writeFileSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  const on = parentPort.on.bind(parentPort);
  const stand = () => {
    writeFileSync(${JSON.stringify(gate)} + '.reached', '');
    while (!existsSync(${JSON.stringify(gate)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    if (readFileSync(${JSON.stringify(gate)}, 'utf8') !== 'fail') return;
    writeFileSync(${JSON.stringify(gate)}, 'play');
    throw new Error('broken');
  };
  const stops = (task) => task?.kind === 'capture' && ['', task.sha256].includes(${JSON.stringify(only ?? '')});
  parentPort.on = (name, listen) => on(name, (message) => {
    if (stops(message.task)) stand();
    listen(message);
  });
  require(${JSON.stringify(worker)});
`;

/** A thread file that stands still at captures; `open` lets it go on, or fail. */
async function gatedThreads(dir: string, name: string, only?: string) {
  const [file, gate] = [join(dir, `${name}.js`), join(dir, name)];
  await writeFile(file, stub({ gate, only }));
  const reached = () => existsSync(`${gate}.reached`);
  return { threads: { file }, reached, open: (how: 'play' | 'fail') => writeFileSync(gate, how) };
}

type Replica = Readonly<{
  /** What is not as on this machine. */
  machine?: Partial<Machine>;
  artefacts?: ArtefactStore;
  /** Items at once; 1 when left out. */
  workers?: number;
  /** Subscriptions that it has; all when left out. */
  hears?: readonly string[];
}>;
type Shared = Readonly<{ dir: string; store: Store; artefacts: ArtefactStore; broadcasts: Broadcasts }>;

async function composeIn({ dir, store, artefacts, broadcasts }: Shared, name: string, o: Replica) {
  const GTS_DATA_DIR = join(dir, name);
  const env = { GTS_DATA_DIR, INTERNAL_KEYS_FILE: '-', INTERNAL_SIGNING_KEY: '-', PATH: '/usr/bin:/bin' };
  const infra = {
    config: readConfig({ ...env, RENDER_WORKERS: String(o.workers ?? 1), WORK_DRAIN: '1s' }),
    service: 'rendering',
    clock,
    newId,
    store,
    encoder,
    rpc: { call: () => Promise.reject(new Error('no calls')) },
    progress: { report: () => undefined },
    broadcasts,
    artefacts: o.artefacts ?? artefacts,
    logger: undefined as never,
    metrics: { count: () => undefined, gauge: () => undefined, observe: () => undefined },
    observeSaga: () => undefined,
  } as const;
  return compose(infra, { ...(await findMachine(infra.config)), ...o.machine });
}

type Noted = Readonly<{ back: (delayMs: number) => void; waits: (more: 1 | -1) => void }>;

/** The same bus; tells when work is handed back, and for how long, and when a worker waits for some. */
function notedBus(bus: Bus, { back, waits }: Noted): Bus {
  return {
    publish: (message) => bus.publish(message),
    consume: (options) => bus.consume(options),
    info: (ref) => bus.info(ref),
    stream: (name) => bus.stream(name),
    message: (stream, seq) => bus.message(stream, seq),
    next: async (...of) => {
      waits(1);
      const delivery = await bus.next(...of).finally(() => waits(-1));
      return delivery && { ...delivery, nak: (ms = 0) => (back(ms), delivery.nak(ms)) };
    },
  };
}

function commandOf(def: typeof RenderShootoutJob | typeof CancelRenderJob, data: unknown, epoch: number) {
  const saga = { id: anId<'Saga'>(9), type: 'render-shootout', step: 'render', epoch };
  return encoder.encode(outgoing(def, data as never), { ctx: aContext({ saga }), occurredAt: clock.now() });
}

/** Nothing is left in the folders of temporary files, whichever replica worked. */
async function unfinishedIn(dir: string, replicas: readonly string[]): Promise<string[]> {
  const folders = replicas.flatMap((name) => [
    join(dir, name, 'tmp', 'rendering'),
    join(dir, name, 'cache', 'rendering'),
  ]);
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  const half = await readdir(join(dir, 'artefacts', 'tmp')).catch(() => []);
  return [...names.flat().filter((name) => !/^[0-9a-f]{64}$/.test(name)), ...half];
}

/** What stays, once whatever a sibling still writes has its name. */
const leftoversIn = (dir: string, replicas: readonly string[]): Promise<string[]> =>
  eventually(
    () => unfinishedIn(dir, replicas),
    (names) => names.length === 0,
  );

/** @returns how to stop it */
async function startReplica(shared: Shared & { bus: Bus }, name: string, o: Replica): Promise<() => Promise<void>> {
  const { background = [], subscriptions: all } = await composeIn(shared, name, o);
  for (const each of background) await each.start();
  const subscriptions = all.filter((each) => o.hears?.includes(each.name) ?? true);
  const { store, bus } = shared;
  const options = { service: 'rendering', store, bus, clock, newId, scheduler, ackWaitMs: ACK_WAIT_MS } as const;
  const consumers = createConsumers({ ...options, owner: name, subscriptions });
  consumers.start();
  return async () => {
    await Promise.all(background.map((each) => each.stop()));
    await consumers.stop();
  };
}

/** Replicas of the composed service over one store, one broker and one folder of artefacts; ten times as fast. */
export async function startReplicas() {
  const dir = await mkdtemp(join(tmpdir(), 'gts-jobs-'));
  const declared = declaredServices.filter(({ service }) => service === 'rendering');
  const broker = memoryBroker({ topology: topologyOf(catalogue, declared), scheduler });
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
  const shared = { dir, store: memoryStore({ clock }), artefacts, broadcasts: memoryBroadcasts() };
  const bus = broker.connect();
  const events: ReturnType<typeof decodeEnvelope>[] = [];
  const [ends, delays]: [(() => Promise<unknown>)[], number[]] = [[], []];
  shared.store.onOutbox((rows) => {
    for (const row of rows) {
      events.push(decodeEnvelope(row.body));
      void bus.publish(row);
    }
  });
  const waiting = new Map<string, number>();
  const replica = async (name: string, o: Replica = {}): Promise<void> => {
    const own = notedBus(broker.connect(), {
      back: (ms) => void delays.push(ms),
      waits: (more) => void waiting.set(name, (waiting.get(name) ?? 0) + more),
    });
    ends.push(await startReplica({ ...shared, bus: own }, name, o));
  };
  const said = (def: EventDef) => events.filter(({ type }) => type === def.type);
  return {
    dir,
    artefacts,
    replica,
    send: (def: typeof RenderShootoutJob | typeof CancelRenderJob, data: unknown, epoch: number) =>
      void bus.publish(commandOf(def, data, epoch)),
    said,
    /** Codes of ends, in whatever way. */
    ended: () => [RenderJobCompleted, RenderJobFailed, RenderJobCancelled].flatMap(said),
    dataOf: (def: EventDef) => said(def).map(({ data }) => data),
    until: (met: () => boolean | Promise<boolean>) => eventually(met, (is) => is, { everyMs: 20, withinMs: WITHIN_MS }),
    delays,
    gated: (name: string, only?: string) => gatedThreads(dir, name, only),
    attempts: async () => (await shared.store.scan(chainRenders, { limit: 9 })).items.map(({ attempt }) => attempt),
    /** A worker of that replica waits for an item. */
    waits: (name: string) => (waiting.get(name) ?? 0) > 0,
    /** No item waits and none is held. */
    idle: async () => {
      const { pending, ackPending } = await bus.info({ stream: 'CMD_RENDERING', durable: 'rendering__work' });
      return pending + ackPending === 0;
    },
    leftovers: (...replicas: readonly string[]) => leftoversIn(dir, replicas),
    stop: async () => {
      await Promise.all(ends.map((end) => end()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}
