import { durationMs, type ContextName, type ServiceName } from '@gts/kernel';
import type { Definition, MessageDef } from './define';
import {
  aggregateFilter,
  commandStream,
  commandSubject,
  DEAD_LETTER_STREAM,
  durableName,
  eventStream,
  filterOf,
  PROGRESS_STREAM,
  rpcSubject,
  serviceSubjects,
  streamOf,
  streamSubjects,
} from './subjects';
import type { DeclaredSubscription, ServiceDeclaration } from './subscriptions/types';

/** Raised with every change of streams or consumers: a service that needs a newer one waits. */
export const TOPOLOGY_VERSION = 1;

export type StreamSpec = Readonly<{
  name: string;
  subjects: readonly string[];
  storage: 'file' | 'memory';
  discard: 'new' | 'old';
  maxAgeMs: number;
  maxBytes: number;
  maxMsgsPerSubject: number;
  duplicateWindowMs: number;
}>;
export type ConsumerSpec = Readonly<{
  stream: string;
  durable: string;
  service: ServiceName;
  /** All subjects asked for; a broker with one filter only gets their common wildcard. */
  filters: readonly string[];
  ackWaitMs: number;
  maxAckPending: number;
}>;
/** Subjects that one broker user may publish to and subscribe. */
export type BrokerPermissions = Readonly<{ publish: readonly string[]; subscribe: readonly string[] }>;
export type Topology = Readonly<{
  version: number;
  streams: readonly StreamSpec[];
  consumers: readonly ConsumerSpec[];
  permissions: Readonly<Partial<Record<ServiceName, BrokerPermissions>>>;
}>;
export type TopologyOptions = Readonly<{
  /** `development` scales the reserved bytes down so that small disks serve. */
  limits?: 'full' | 'development';
  /** How long the broker waits for an acknowledgement or a sign of life before it hands a message out again. */
  ackWaitMs?: number;
}>;
type Catalogue = readonly Readonly<{ name: ContextName; definitions: readonly Definition[] }>[];

const MIB = 1024 * 1024;
/** The broker's patience; a consumer gives a sign of life three times within it. */
export const ACK_WAIT_MS = durationMs('30s');
const DEVELOPMENT_SHARE = 16;

type FileStream = Readonly<{ name: string; subject: string; maxBytes: number; maxAge: '14d' | '30d' }>;
const fileStream = ({ name, subject, maxBytes, maxAge }: FileStream): StreamSpec => ({
  name,
  subjects: [subject],
  storage: 'file',
  discard: 'new',
  maxAgeMs: durationMs(maxAge),
  maxBytes,
  maxMsgsPerSubject: -1,
  duplicateWindowMs: durationMs('15m'),
});

function streamsOf(catalogue: Catalogue): StreamSpec[] {
  const owned = catalogue.flatMap(({ name, definitions }) => [
    ...(definitions.some((def) => def.kind === 'event')
      ? [
          fileStream({
            name: eventStream(name),
            subject: streamSubjects.events(name),
            maxBytes: 1024 * MIB,
            maxAge: '14d',
          }),
        ]
      : []),
    ...(definitions.some((def) => def.kind === 'command' && def.mode === 'saga')
      ? [
          fileStream({
            name: commandStream(name),
            subject: streamSubjects.commands(name),
            maxBytes: 512 * MIB,
            maxAge: '14d',
          }),
        ]
      : []),
  ]);
  return [
    ...owned,
    fileStream({ name: DEAD_LETTER_STREAM, subject: streamSubjects.deadLetters, maxBytes: 1024 * MIB, maxAge: '30d' }),
    {
      name: PROGRESS_STREAM,
      subjects: [streamSubjects.progress],
      storage: 'memory',
      discard: 'old',
      maxAgeMs: durationMs('1h'),
      maxBytes: 64 * MIB,
      maxMsgsPerSubject: 64,
      duplicateWindowMs: durationMs('2m'),
    },
  ];
}

const scaled = (stream: StreamSpec): StreamSpec => ({ ...stream, maxBytes: stream.maxBytes / DEVELOPMENT_SHARE });

/** Name of the durable behind a subscription; a projection's is slot `a` until rebuilds exist. */
export const durableOf = ({ service, name, kind }: Omit<DeclaredSubscription, 'from'>): string =>
  durableName(service, kind === 'projection' ? `${name}__a` : name);

const isAggregate = (from: DeclaredSubscription['from']): from is Exclude<typeof from, readonly MessageDef[]> =>
  'aggregate' in from;

function filtersByStream(from: DeclaredSubscription['from']): Map<string, string[]> {
  if (isAggregate(from)) return new Map([[eventStream(from.context), [aggregateFilter(from.context, from.aggregate)]]]);
  const filters = new Map<string, string[]>();
  for (const def of from) filters.set(streamOf(def), [...(filters.get(streamOf(def)) ?? []), filterOf(def)]);
  return filters;
}

/** The durables of one subscription: one on every stream that it listens to. */
export const consumersOf = (subscription: DeclaredSubscription): ConsumerSpec[] =>
  [...filtersByStream(subscription.from)].map(([stream, filters]) => ({
    stream,
    durable: durableOf(subscription),
    service: subscription.service,
    filters: [...new Set(filters)].toSorted(),
    ackWaitMs: ACK_WAIT_MS,
    maxAckPending: subscription.kind === 'work' ? 1000 : 512,
  }));

function permissionsOf(declaration: ServiceDeclaration, catalogue: Catalogue): BrokerPermissions {
  const { service, calls, sends } = declaration;
  const own = catalogue.find(({ name }) => name === service);
  const durables = declaration.subscriptions.flatMap(consumersOf);
  return {
    publish: [
      ...(own ? [streamSubjects.events(own.name), streamSubjects.commands(own.name)] : []),
      ...sends.map(commandSubject),
      ...calls.map(rpcSubject),
      ...durables.flatMap(({ stream, durable }) => serviceSubjects.consume(stream, durable)),
      serviceSubjects.deadLetters(service),
      serviceSubjects.broadcast(service, '>'),
      streamSubjects.progress,
    ],
    subscribe: [
      serviceSubjects.inbox(service),
      serviceSubjects.rpc(service),
      serviceSubjects.broadcast(service, '>'),
      streamSubjects.progress,
    ],
  };
}

/** Every stream, durable and broker permission of the product, computed from what is declared. */
export function topologyOf(
  catalogue: Catalogue,
  services: readonly ServiceDeclaration[],
  { limits = 'full', ackWaitMs = ACK_WAIT_MS }: TopologyOptions = {},
): Topology {
  const streams = streamsOf(catalogue);
  return {
    version: TOPOLOGY_VERSION,
    streams: limits === 'full' ? streams : streams.map(scaled),
    consumers: services
      .flatMap(({ subscriptions }) => subscriptions.flatMap(consumersOf))
      .map((each) => ({ ...each, ackWaitMs })),
    permissions: Object.fromEntries(services.map((each) => [each.service, permissionsOf(each, catalogue)])),
  };
}
