import type { ConsumerSpec, StreamSpec } from '@gts/contracts';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';

const NANOS = 1_000_000;

/** What the broker can do; a setting without its feature is left out, because old servers drop it silently. */
export type Features = Readonly<{ multiFilter: boolean; syncInterval: boolean; atomicBatch: boolean }>;

const atLeast = (version: string, wanted: readonly [number, number, number]): boolean => {
  const have = version.split(/[.-]/).slice(0, 3).map(Number);
  for (const [at, want] of wanted.entries()) {
    const part = have[at] ?? 0;
    if (part !== want) return part > want;
  }
  return true;
};
export const isSupported = (version: string): boolean => atLeast(version, [2, 9, 10]);
export const featuresOf = (version: string): Features => ({
  multiFilter: atLeast(version, [2, 10, 0]),
  syncInterval: atLeast(version, [2, 10, 0]),
  atomicBatch: atLeast(version, [2, 12, 1]),
});

export const streamConfig = (spec: StreamSpec, replicas: number): Partial<StreamConfig> & { name: string } => ({
  name: spec.name,
  subjects: [...spec.subjects],
  storage: spec.storage === 'file' ? StorageType.File : StorageType.Memory,
  retention: RetentionPolicy.Limits,
  discard: spec.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
  max_age: spec.maxAgeMs * NANOS,
  max_bytes: spec.maxBytes,
  max_msgs_per_subject: spec.maxMsgsPerSubject,
  duplicate_window: spec.duplicateWindowMs * NANOS,
  num_replicas: replicas,
  ...(spec.objects && { allow_rollup_hdrs: true, allow_direct: true }),
});

/** The narrowest wildcard that covers all subjects: for brokers with one filter a consumer. */
function commonFilter(subjects: readonly string[]): string {
  const [first = '>', ...others] = subjects;
  if (others.length === 0) return first;
  const split = subjects.map((each) => each.split('.'));
  const length = Math.min(...split.map((each) => each.length));
  const tokens: string[] = [];
  for (let at = 0; at < length; at++) {
    const token = split[0]?.[at] ?? '*';
    tokens.push(split.every((each) => each[at] === token) ? token : '*');
  }
  const ragged = split.some((each) => each.length !== length);
  return (ragged ? [...tokens.slice(0, -1), '>'] : tokens).join('.');
}

export function consumerConfig(
  spec: ConsumerSpec,
  { multiFilter }: Pick<Features, 'multiFilter'>,
): Partial<ConsumerConfig> {
  const several = multiFilter && spec.filters.length > 1;
  const one = spec.scattered ? {} : { filter_subject: commonFilter(spec.filters) };
  return {
    durable_name: spec.durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: spec.ackWaitMs * NANOS,
    max_deliver: -1,
    max_ack_pending: spec.maxAckPending,
    ...(several ? { filter_subjects: [...spec.filters] } : one),
  };
}
