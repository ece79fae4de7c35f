import { type ConsumerSpec, type StreamSpec, type Topology, TOPOLOGY_BUCKET } from '@gts/contracts';
import type { NatsConnection } from 'nats';
import { busErrors } from '../errors';
import {
  assertNone,
  compareConsumer,
  compareStream,
  type Drift,
  driftText,
  storedVersion,
  topologyDrifts,
  VERSION_KEY,
  type Work,
  workOn,
} from './compare';

export type ApplyOptions = Readonly<{
  /** `apply` creates and updates, `verify` only compares. */
  mode: 'apply' | 'verify';
  replicas?: number;
  /** Told of each thing that is made or changed. */
  tell?: (line: string) => void;
}>;
type Making = Work & Readonly<{ tell: (line: string) => void }>;

/** Changing one of these would lose messages or positions. */
const immutable = ['storage', 'retention', 'deliver_policy', 'ack_policy'];

function assertHarmless(drifts: readonly Drift[]): void {
  const drift = drifts.find(({ field }) => immutable.includes(field));
  if (!drift) return;
  const advice = 'cannot change; make a new object and move its consumers';
  throw busErrors.TOPOLOGY_REFUSED(`${drift.object}: ${drift.field} ${advice}`);
}

const changes = (drifts: readonly Drift[]): string =>
  drifts.map((each) => `${each.field} ${driftText(each)}`).join('; ');

async function applyStream(work: Making, spec: StreamSpec): Promise<void> {
  const { jsm, tell } = work;
  const { info, want, drifts } = await compareStream(work, spec);
  if (!info) {
    await jsm.streams.add(want);
    tell(`${spec.name}: made`);
  } else if (drifts.length > 0) {
    assertHarmless(drifts);
    if (spec.maxBytes < info.state.bytes)
      throw busErrors.TOPOLOGY_REFUSED(`${spec.name}: holds ${info.state.bytes} bytes, more than the new limit`);
    await jsm.streams.update(spec.name, want);
    tell(`${spec.name}: ${changes(drifts)}`);
  }
  // Asked again: an old server drops what it does not know without a word.
  assertNone((await compareStream(work, spec)).drifts);
}

async function applyConsumer(work: Making, spec: ConsumerSpec): Promise<void> {
  const { jsm, tell } = work;
  const { info, want, drifts } = await compareConsumer(work, spec);
  const name = `${spec.stream}/${spec.durable}`;
  if (!info) {
    await jsm.consumers.add(spec.stream, want);
    tell(`${name}: made`);
  } else if (drifts.length > 0) {
    assertHarmless(drifts);
    await jsm.consumers.update(spec.stream, spec.durable, { ...info.config, ...want });
    tell(`${name}: ${changes(drifts)}`);
  }
  assertNone((await compareConsumer(work, spec)).drifts);
}

async function storeVersion(nc: NatsConnection, { jsm, replicas, tell }: Making, version: number): Promise<void> {
  const stored = await storedVersion(jsm);
  if (stored >= version) return;
  const bucket = await nc.jetstream().views.kv(TOPOLOGY_BUCKET, { history: 1, replicas });
  await bucket.put(VERSION_KEY, String(version));
  tell(`version: ${stored} to ${version}`);
}

/**
 * Brings streams and durables to what is declared, then reads everything back: old brokers drop what they do not
 * know without a word. Nothing is ever deleted or made anew.
 * @throws BUS.TOPOLOGY_REFUSED, BUS.TOPOLOGY_DRIFT
 */
export async function applyTopology(nc: NatsConnection, topology: Topology, o: ApplyOptions): Promise<void> {
  if (o.mode === 'verify') return assertNone(await topologyDrifts(nc, topology, o));
  const work: Making = { ...(await workOn(nc, o.replicas)), tell: o.tell ?? (() => undefined) };
  for (const stream of topology.streams) await applyStream(work, stream);
  for (const consumer of topology.consumers) await applyConsumer(work, consumer);
  await storeVersion(nc, work, topology.version);
}
