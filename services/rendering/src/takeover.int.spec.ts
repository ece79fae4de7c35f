import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileArtefacts } from '@gts/artefacts';
import { pcmBytes, readWav } from '@gts/audio';
import {
  CancelRenderJob,
  catalogue,
  type DataOf,
  declaredServices,
  type EventDef,
  eventFilter,
  eventStream,
  inboxPrefix,
  progressFilter,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderShootoutJob,
  topologyOf,
} from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import { applyTopology, connectNats, createEncoder, followProgress, natsBus, outgoing, tail } from '@gts/messaging';
import { aContext, anId, aWaveNet, namBytes, startNats, testStores, type TestStores, wideShape } from '@gts/testing';
import { eventually } from '../../../tests/support/eventually';
import { chainRenders } from './adapters/collections';

const root = join(__dirname, '..', '..', '..');
const demo = join(root, 'deploy', 'demo');
const clock = clockOf(() => new Date().getTime());
const newId = idFactory(() => clock.epochMs());
/** Long enough for a thread that is busy to give signs of life in time. */
const ACK_WAIT_MS = 6000;

async function start() {
  const dir = await mkdtemp(join(tmpdir(), 'gts-takeover-'));
  const broker = await startNats();
  const nc = await connectNats({ service: 'shootouts', url: broker.url });
  const topology = { limits: 'development', ackWaitMs: ACK_WAIT_MS } as const;
  await applyTopology(nc, topologyOf(catalogue, declaredServices, topology), { mode: 'apply', replicas: 1 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'rendering-1', alg: 'EdDSA' };
  await writeFile(join(dir, 'keys.json'), JSON.stringify({ keys: [] }));
  const stores = testStores('takeover');
  const env = {
    PATH: '/usr/bin:/bin',
    NATS_URL: broker.url,
    GTS_DATA_DIR: dir,
    STORE_URL: stores.url('rendering'),
    INTERNAL_KEYS_FILE: join(dir, 'keys.json'),
    INTERNAL_SIGNING_KEY: JSON.stringify(jwk),
    RENDER_WORKERS: '2',
    ACK_WAIT: `${ACK_WAIT_MS}ms`,
    LEASE_TIME: '3s',
  };
  const children: ChildProcess[] = [];
  const service = (more: Readonly<Record<string, string>> = {}): ChildProcess => {
    const main = join(root, 'services/rendering/dist/main.js');
    const child = spawn(process.execPath, [main], { env: { ...env, ...more }, stdio: 'ignore' });
    process.on('exit', () => child.kill('SIGKILL'));
    children.push(child);
    return child;
  };
  const stop = async () => {
    for (const child of children) child.kill('SIGKILL');
    await nc.close();
    await broker.stop();
    await stores.drop();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, nc, service, stores, stop };
}

async function command(dir: string, seconds?: number): Promise<DataOf<typeof RenderShootoutJob>> {
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'shootouts', clock });
  const put = async (bytes: Uint8Array, mediaType: string) => ({ ...(await artefacts.put(bytes)), mediaType });
  const file = async (name: string) => put(await readFile(join(demo, name)), 'application/octet-stream');
  const [take = new Float32Array()] = readWav(await readFile(join(demo, 'di/open-chords.wav'))).channels;
  const samples =
    seconds === undefined
      ? take
      : Float32Array.from({ length: seconds * 48_000 }, (_, i) => take[i % take.length] ?? 0);
  const amp = await put(namBytes({ ...aWaveNet(1, wideShape), sample_rate: 48_000 }), 'application/json');
  const cabs = [await file('irs/1x12-open-back.wav'), await file('irs/4x12-dynamic-on-axis.wav')];
  return {
    runId: anId<'Run'>(1),
    shootoutId: anId<'Shootout'>(2),
    renderVersion: 1,
    mode: 'render',
    di: { audio: await put(pcmBytes(samples), 'audio/x-f32le'), frames: samples.length },
    inputGainDb: 0,
    tones: cabs.map((cab, i) => ({
      toneId: anId<'ToneSelection'>(10 + i),
      label: `tone ${i}`,
      blocks: [
        { kind: 'capture', role: 'amp', file: amp },
        { kind: 'ir', role: 'ir', file: cab },
      ],
    })),
  };
}

/** Resolves with the first progress of that stage; the promise is made before anything can report. */
function progressOf(nc: Awaited<ReturnType<typeof start>>['nc'], stage: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = followProgress(nc, progressFilter('rendering'), ({ data }) => {
    if ((data as { stage: string }).stage === stage) resolve();
  });
  return promise.finally(stop);
}

type World = Awaited<ReturnType<typeof start>>;

/** Asks for the render; resolves when a tone is being played. */
async function playing({ dir, nc }: World, seconds?: number): Promise<DataOf<typeof RenderShootoutJob>> {
  const begun = progressOf(nc, 'amp');
  const data = await command(dir, seconds);
  await send(nc, outgoing(RenderShootoutJob, data), 1);
  await begun;
  return data;
}

async function send(nc: World['nc'], message: ReturnType<typeof outgoing>, epoch: number): Promise<void> {
  const saga = { id: anId<'Saga'>(9), type: 'render-shootout', step: 'render', epoch };
  const encoder = createEncoder({ producer: 'shootouts', newId, clock });
  const bus = natsBus({ nc, inbox: inboxPrefix('shootouts') });
  await bus.publish(encoder.encode(message, { ctx: aContext({ saga }), occurredAt: clock.now() }));
  await bus.close();
}

/** What was said, from the beginning; reading that broke off, as on a busy machine, goes on after the last message. */
async function* said({ nc }: World, def: EventDef, signal: AbortSignal): AsyncGenerator<unknown> {
  const from = { stream: eventStream('rendering'), filter: eventFilter(def) };
  for (let afterSeq = 0; !signal.aborted;)
    try {
      for await (const each of tail({ nc, inbox: inboxPrefix('shootouts'), ...from, start: { afterSeq }, signal })) {
        afterSeq = each.seq;
        yield each.envelope.data;
      }
    } catch (error) {
      if (!/fell silent|was missed/.test(String(error))) throw error;
    }
}

/** Everything that was said about the end of the run, once the process has drained. */
async function endedBy(world: World, service: ChildProcess): Promise<unknown[]> {
  const ended = new AbortController();
  const completed: unknown[] = [];
  for await (const data of said(world, RenderJobCompleted, ended.signal)) {
    completed.push(data);
    service.kill('SIGTERM');
    const [code] = (await once(service, 'exit')) as [number];
    expect(code).toBe(0);
    ended.abort();
  }
  return completed;
}

async function attemptsIn(stores: TestStores): Promise<readonly number[]> {
  const store = await stores.open('rendering', { clock });
  const { items } = await store.scan(chainRenders, { limit: 10 });
  await store.close();
  return items.map(({ attempt }) => attempt);
}

let world: World;
beforeEach(async () => void (world = await start()));
afterEach(() => world.stop());

test('a render whose process is killed in the middle of a chain is finished by the next one, once', async () => {
  const first = world.service();
  const { runId } = await playing(world);
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(await endedBy(world, world.service())).toMatchObject([{ runId, tones: [{}, {}] }]);
}, 180_000);

test('a render whose process is told to stop is given back without an attempt, and finished by the next one', async () => {
  const first = world.service({ WORK_DRAIN: '1s' });
  const { runId } = await playing(world);
  first.kill('SIGTERM');
  expect(await once(first, 'exit')).toEqual([0, null]);
  expect(await endedBy(world, world.service())).toMatchObject([{ runId, tones: [{}, {}] }]);
  expect(await attemptsIn(world.stores)).toEqual([1, 1]);
}, 180_000);

test('a cancel ends a render at once, whichever of two processes took it and whichever plays', async () => {
  const both = [world.service(), world.service()];
  // Longer than a cancel takes.
  const { runId } = await playing(world, 110);
  const work = natsBus({ nc: world.nc, inbox: inboxPrefix('shootouts') });
  const ended = new AbortController();
  await send(world.nc, outgoing(CancelRenderJob, { runId }), 2);
  for await (const data of said(world, RenderJobCancelled, ended.signal)) {
    expect(data).toEqual({ runId });
    ended.abort();
  }
  const held = async () => (await work.info({ stream: 'CMD_RENDERING', durable: 'rendering__work' })).ackPending;
  await eventually(held, (count) => count === 0, { withinMs: 2000, everyMs: 50 });
  await work.close();
  for (const child of both) child.kill('SIGTERM');
  for (const child of both) if (child.exitCode === null) await once(child, 'exit');
}, 180_000);
