import { isDeepStrictEqual } from 'node:util';
import { type ConsumerSpec, keyValue, type StreamSpec, type Topology, TOPOLOGY_BUCKET } from '@gts/contracts';
import { type ConsumerConfig, type JetStreamManager, type NatsConnection, NatsError, type StreamConfig } from 'nats';
import { busErrors } from '../errors';
import { consumerConfig, featuresOf, isSupported, streamConfig } from './configs';

const VERSION_KEY = 'version';
const NOT_FOUND = new Set([10014, 10037, 10059]);

export type ApplyOptions = Readonly<{
  /** `apply` creates and updates, `verify` only compares. */
  mode: 'apply' | 'verify';
  replicas?: number;
}>;
type Fields = Readonly<Record<string, unknown>>;
type Work = Readonly<{ jsm: JetStreamManager; mode: ApplyOptions['mode']; replicas: number; server: string }>;
/** Changing one of these would lose messages or positions. */
const immutable = ['storage', 'retention', 'deliver_policy', 'ack_policy'];

/** Undefined where the broker does not have it. */
async function found<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NatsError && NOT_FOUND.has(error.api_error?.err_code ?? 0)) return undefined;
    throw error;
  }
}

function differences(want: Fields, got: Fields): string[] {
  return Object.keys(want).filter((field) => !isDeepStrictEqual(want[field], got[field]));
}

function assertSame(object: string, want: Fields, got: Fields): void {
  const [field] = differences(want, got);
  if (field === undefined) return;
  const both = `${JSON.stringify(got[field])}, declared ${JSON.stringify(want[field])}`;
  throw busErrors.TOPOLOGY_DRIFT(object, field, both);
}

function assertHarmless(object: string, want: Fields, got: Fields): void {
  const field = differences(want, got).find((each) => immutable.includes(each));
  if (field === undefined) return;
  throw busErrors.TOPOLOGY_REFUSED(`${object}: ${field} cannot change; make a new object and move its consumers`);
}

async function applyStream({ jsm, mode, replicas }: Work, spec: StreamSpec): Promise<void> {
  const want = streamConfig(spec, replicas);
  const info = () => found(() => jsm.streams.info(spec.name));
  const before = await info();
  if (mode === 'apply') {
    if (!before) await jsm.streams.add(want);
    else if (differences(want, asFields(before.config)).length > 0) {
      assertHarmless(spec.name, want, asFields(before.config));
      if (spec.maxBytes < before.state.bytes)
        throw busErrors.TOPOLOGY_REFUSED(`${spec.name}: holds ${before.state.bytes} bytes, more than the new limit`);
      await jsm.streams.update(spec.name, want);
    }
  }
  const after = mode === 'apply' || !before ? await info() : before;
  if (!after) throw busErrors.TOPOLOGY_DRIFT(spec.name, 'stream', 'missing');
  assertSame(spec.name, want, asFields(after.config));
}

const asFields = (config: StreamConfig | ConsumerConfig): Fields => config as unknown as Fields;

async function applyConsumer({ jsm, mode, server }: Work, spec: ConsumerSpec): Promise<void> {
  const want = consumerConfig(spec, featuresOf(server));
  const object = `${spec.stream}/${spec.durable}`;
  const info = () => found(() => jsm.consumers.info(spec.stream, spec.durable));
  const before = await info();
  if (mode === 'apply') {
    if (!before) await jsm.consumers.add(spec.stream, want);
    else if (differences(want, asFields(before.config)).length > 0) {
      assertHarmless(object, want, asFields(before.config));
      await jsm.consumers.update(spec.stream, spec.durable, { ...before.config, ...want });
    }
  }
  const after = mode === 'apply' || !before ? await info() : before;
  if (!after) throw busErrors.TOPOLOGY_DRIFT(object, 'consumer', 'missing');
  assertSame(object, want, asFields(after.config));
}

/** Read without the client's bucket, which may do more than a service may. */
async function storedVersion(jsm: JetStreamManager): Promise<number> {
  const { stream, key } = keyValue(TOPOLOGY_BUCKET);
  const entry = await found(() => jsm.streams.getMessage(stream, { last_by_subj: key(VERSION_KEY) }));
  return entry ? Number(entry.string()) : 0;
}

async function storeVersion(nc: NatsConnection, { jsm, mode, replicas }: Work, version: number): Promise<void> {
  const stored = await storedVersion(jsm);
  if (stored >= version) return;
  if (mode === 'verify') throw busErrors.TOPOLOGY_DRIFT(TOPOLOGY_BUCKET, VERSION_KEY, `${stored}, needed ${version}`);
  const bucket = await nc.jetstream().views.kv(TOPOLOGY_BUCKET, { history: 1, replicas });
  await bucket.put(VERSION_KEY, String(version));
}

/**
 * Brings streams and durables to what is declared, then reads everything back: old brokers drop what they do not
 * know without a word. Nothing is ever deleted or made anew.
 * @throws BUS.TOPOLOGY_REFUSED, BUS.TOPOLOGY_DRIFT
 */
export async function applyTopology(nc: NatsConnection, topology: Topology, o: ApplyOptions): Promise<void> {
  const server = nc.info?.version ?? '0';
  if (!isSupported(server)) throw busErrors.TOPOLOGY_REFUSED(`nats-server ${server} is older than 2.9.10`);
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  const work: Work = { jsm, mode: o.mode, replicas: o.replicas ?? 1, server };
  for (const stream of topology.streams) await applyStream(work, stream);
  for (const consumer of topology.consumers) await applyConsumer(work, consumer);
  await storeVersion(nc, work, topology.version);
}
