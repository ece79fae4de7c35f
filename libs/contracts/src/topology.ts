import { durationMs } from '@gts/kernel';
import { type BrokerPermissions, brokerUsers, streamsNear } from './broker-users';
import { ACK_WAIT_MS, type Catalogue, type ConsumerSpec, durablesOf } from './consumers';
import {
  ADVISORY_STREAM,
  type BrokerUser,
  commandStream,
  DEAD_LETTER_STREAM,
  eventStream,
  objectStore,
  PROGRESS_STREAM,
  streamSubjects,
} from './subjects';
import type { ServiceDeclaration } from './subscriptions/types';

/** Raised with every change of streams or consumers: a service that needs a newer one waits. */
export const TOPOLOGY_VERSION = 2;

export type StreamSpec = Readonly<{
  name: string;
  subjects: readonly string[];
  storage: 'file' | 'memory';
  discard: 'new' | 'old';
  maxAgeMs: number;
  maxBytes: number;
  maxMsgsPerSubject: number;
  duplicateWindowMs: number;
  /** Holds files: the newest of a subject replaces the older ones, every server that has a message gives it. */
  objects?: true;
}>;
export type Topology = Readonly<{
  version: number;
  streams: readonly StreamSpec[];
  consumers: readonly ConsumerSpec[];
  permissions: Readonly<Partial<Record<BrokerUser, BrokerPermissions>>>;
}>;
export type TopologyOptions = Readonly<{
  /** `development` scales the reserved bytes down so that small disks serve. */
  limits?: 'full' | 'development';
  /** How long the broker waits for an acknowledgement or a sign of life before it hands a message out again. */
  ackWaitMs?: number;
  /** The bucket of the object store, where files lie in the broker. */
  files?: Readonly<{ bucket: string; maxBytes: number }> | undefined;
}>;

const MIB = 1024 * 1024;
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
    {
      name: ADVISORY_STREAM,
      subjects: streamSubjects.advisories,
      storage: 'file',
      discard: 'old',
      maxAgeMs: durationMs('30d'),
      maxBytes: 64 * MIB,
      maxMsgsPerSubject: -1,
      duplicateWindowMs: durationMs('2m'),
    },
  ];
}

const bucketStream = ({ bucket, maxBytes }: Readonly<{ bucket: string; maxBytes: number }>): StreamSpec => {
  const { stream, subjects } = objectStore(bucket);
  return {
    name: stream,
    subjects,
    storage: 'file',
    discard: 'new',
    maxAgeMs: 0,
    maxBytes,
    maxMsgsPerSubject: -1,
    duplicateWindowMs: durationMs('2m'),
    objects: true,
  };
};

const scaled = (stream: StreamSpec): StreamSpec => ({ ...stream, maxBytes: stream.maxBytes / DEVELOPMENT_SHARE });

/** Every stream, durable and broker permission of the product, computed from what is declared. */
export function topologyOf(
  catalogue: Catalogue,
  services: readonly ServiceDeclaration[],
  { limits = 'full', ackWaitMs = ACK_WAIT_MS, files }: TopologyOptions = {},
): Topology {
  const streams = streamsOf(catalogue);
  return {
    version: TOPOLOGY_VERSION,
    streams: [...(limits === 'full' ? streams : streams.map(scaled)), ...(files ? [bucketStream(files)] : [])],
    consumers: services.flatMap(durablesOf).map((each) => ({ ...each, ackWaitMs })),
    permissions: brokerUsers(catalogue, services),
  };
}

/** What one service looks at: its own durables, and the streams that it reads or writes. It may see no others. */
export function topologyNear(topology: Topology, declaration: ServiceDeclaration, catalogue: Catalogue): Topology {
  const streams = new Set(streamsNear(declaration, catalogue));
  const isNear = ({ name, objects }: StreamSpec) => streams.has(name) || (objects && declaration.files !== 'none');
  return {
    ...topology,
    streams: topology.streams.filter(isNear),
    consumers: topology.consumers.filter(({ service }) => service === declaration.service),
  };
}
