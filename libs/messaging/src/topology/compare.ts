import { isDeepStrictEqual } from 'node:util';
import { type ConsumerSpec, keyValue, type StreamSpec, type Topology, TOPOLOGY_BUCKET } from '@gts/contracts';
import { type ConsumerInfo, type JetStreamManager, type NatsConnection, NatsError, type StreamInfo } from 'nats';
import { busErrors } from '../errors';
import { consumerConfig, featuresOf, isSupported, streamConfig } from './configs';

export const VERSION_KEY = 'version';
const NOT_FOUND = new Set([10014, 10037, 10059]);

/** One thing that is not as declared; `field` is `stream` or `consumer` where all of it is missing. */
export type Drift = Readonly<{ object: string; field: string; got: unknown; want: unknown }>;
type Fields = Readonly<Record<string, unknown>>;
export type Work = Readonly<{ jsm: JetStreamManager; replicas: number; server: string }>;

/** Undefined where the broker does not have it. */
async function found<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NatsError && NOT_FOUND.has(error.api_error?.err_code ?? 0)) return undefined;
    throw error;
  }
}

/** Fields of `want` that are otherwise; what the server adds by itself is not looked at. */
const differences = (object: string, want: Fields, got: Fields): Drift[] =>
  Object.keys(want)
    .filter((field) => !isDeepStrictEqual(want[field], got[field]))
    .map((field) => ({ object, field, got: got[field], want: want[field] }));

/** An object of the broker beside its declaration. */
export type Compared<I, C> = Readonly<{ info: I | undefined; want: C; drifts: readonly Drift[] }>;

export async function compareStream({ jsm, replicas }: Work, spec: StreamSpec) {
  const want = streamConfig(spec, replicas);
  const info = await found(() => jsm.streams.info(spec.name));
  const missing = { object: spec.name, field: 'stream', got: 'missing', want: 'there' };
  const drifts = info ? differences(spec.name, want, { ...info.config }) : [missing];
  return { info, want, drifts } satisfies Compared<StreamInfo, typeof want>;
}

export async function compareConsumer({ jsm, server }: Work, spec: ConsumerSpec) {
  const want = consumerConfig(spec, featuresOf(server));
  const object = `${spec.stream}/${spec.durable}`;
  const info = await found(() => jsm.consumers.info(spec.stream, spec.durable));
  const missing = { object, field: 'consumer', got: 'missing', want: 'there' };
  const drifts = info ? differences(object, want, { ...info.config }) : [missing];
  return { info, want, drifts } satisfies Compared<ConsumerInfo, typeof want>;
}

/** Version of the topology that was applied last, 0 before the first. */
export async function storedVersion(jsm: JetStreamManager): Promise<number> {
  // Without the client's bucket, which asks for more than a service may do.
  const { stream, key } = keyValue(TOPOLOGY_BUCKET);
  const entry = await found(() => jsm.streams.getMessage(stream, { last_by_subj: key(VERSION_KEY) }));
  return entry ? Number(entry.string()) : 0;
}

/** A message with its headers is smaller than this, whatever it says. */
const LEAST_PAYLOAD = 1024 * 1024;

/** @throws BUS.TOPOLOGY_REFUSED where the server is older than we can work with, or takes no messages as large as ours */
export async function workOn(nc: NatsConnection, replicas = 1): Promise<Work> {
  const { version: server = '0', max_payload: most = 0 } = nc.info ?? {};
  if (!isSupported(server)) throw busErrors.TOPOLOGY_REFUSED(`nats-server ${server} is older than 2.9.10`);
  if (most < LEAST_PAYLOAD)
    throw busErrors.TOPOLOGY_REFUSED(`max_payload of the broker is ${most}, at least ${LEAST_PAYLOAD} is needed`);
  return { jsm: await nc.jetstreamManager({ checkAPI: false }), replicas, server };
}

const versionDrift = (stored: number, version: number): Drift[] =>
  stored < version ? [{ object: TOPOLOGY_BUCKET, field: VERSION_KEY, got: stored, want: version }] : [];

/**
 * Reads every declared object back: all that differs from what is declared.
 * @throws BUS.TOPOLOGY_REFUSED for a broker that is too old
 */
export async function topologyDrifts(
  nc: NatsConnection,
  topology: Topology,
  { replicas }: Readonly<{ replicas?: number }> = {},
): Promise<readonly Drift[]> {
  const work = await workOn(nc, replicas);
  const streams = await Promise.all(topology.streams.map((spec) => compareStream(work, spec)));
  const consumers = await Promise.all(topology.consumers.map((spec) => compareConsumer(work, spec)));
  const version = versionDrift(await storedVersion(work.jsm), topology.version);
  return [...version, ...[...streams, ...consumers].flatMap(({ drifts }) => drifts)];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** One line for people. */
export const driftText = ({ field, got, want }: Drift): string =>
  field === 'stream' || field === 'consumer' ? 'missing' : `${text(got)}, declared ${text(want)}`;

/** @throws BUS.TOPOLOGY_DRIFT for the first of them */
export function assertNone([first]: readonly Drift[]): void {
  if (first) throw busErrors.TOPOLOGY_DRIFT(first.object, first.field, driftText(first));
}
