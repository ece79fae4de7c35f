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
  /** Makes anew what cannot be changed, with the loss of what it holds; for operators who said so. */
  allowDestructive?: boolean;
  /** Told of each thing that is made or changed. */
  tell?: (line: string) => void;
}>;
type Making = Work & Readonly<{ tell: (line: string) => void }>;

/** Changing one of these would lose messages or positions. */
const immutable = ['storage', 'retention', 'deliver_policy', 'ack_policy'];

const fixedIn = (drifts: readonly Drift[]): readonly Drift[] => drifts.filter(({ field }) => immutable.includes(field));
const refusal = ({ object, field, ...drift }: Drift): string =>
  `${object}: ${field} is ${driftText({ object, field, ...drift })}, which cannot be changed`;

/** All that would lose messages or positions. */
async function losses(work: Making, { streams, consumers }: Topology): Promise<readonly string[]> {
  const found: string[] = [];
  for (const spec of streams) {
    const { info, drifts } = await compareStream(work, spec);
    found.push(...fixedIn(drifts).map(refusal));
    if (info && spec.maxBytes > 0 && spec.maxBytes < info.state.bytes)
      found.push(`${spec.name}: holds ${info.state.bytes} bytes, more than the new limit ${spec.maxBytes}`);
  }
  for (const spec of consumers) found.push(...fixedIn((await compareConsumer(work, spec)).drifts).map(refusal));
  return found;
}

const changes = (drifts: readonly Drift[]): string =>
  drifts.map((each) => `${each.field} ${driftText(each)}`).join('; ');

async function applyStream(work: Making, spec: StreamSpec): Promise<void> {
  const { jsm, tell } = work;
  const { info, want, drifts } = await compareStream(work, spec);
  if (!info) {
    await jsm.streams.add(want);
    tell(`${spec.name}: made`);
  } else if (fixedIn(drifts).length > 0) {
    await jsm.streams.delete(spec.name);
    await jsm.streams.add(want);
    tell(`${spec.name}: made anew, ${info.state.messages} messages are gone; ${changes(drifts)}`);
  } else if (drifts.length > 0) {
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
  } else if (fixedIn(drifts).length > 0) {
    await jsm.consumers.delete(spec.stream, spec.durable);
    await jsm.consumers.add(spec.stream, want);
    tell(`${name}: made anew, it begins at the first message; ${changes(drifts)}`);
  } else if (drifts.length > 0) {
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
 * know without a word. What would lose messages or positions is refused before anything is changed, with a list of
 * all of it; `allowDestructive` does it.
 * @throws BUS.TOPOLOGY_REFUSED, BUS.TOPOLOGY_DRIFT
 */
export async function applyTopology(nc: NatsConnection, topology: Topology, o: ApplyOptions): Promise<void> {
  if (o.mode === 'verify') return assertNone(await topologyDrifts(nc, topology, o));
  const work: Making = { ...(await workOn(nc, o.replicas)), tell: o.tell ?? (() => undefined) };
  const refused = o.allowDestructive ? [] : await losses(work, topology);
  if (refused.length > 0) throw busErrors.TOPOLOGY_REFUSED(refused.join('; '));
  for (const stream of topology.streams) await applyStream(work, stream);
  for (const consumer of topology.consumers) await applyConsumer(work, consumer);
  await storeVersion(nc, work, topology.version);
}
