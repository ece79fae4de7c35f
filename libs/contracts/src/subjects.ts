import type { ContextName, ServiceName } from '@gts/kernel';
import type { EventDef, MessageDef, ProgressDef, RpcDef, SagaCommandDef } from './define';

/** Partitions of every event stream; part of stored data, never changed. */
export const PARTITIONS = 16;

const text = new TextEncoder();

/**
 * Partition of an aggregate: FNV-1a 32 over UTF-8 of `tenantId/aggregateId`, folded to four bits.
 * @returns 0..15
 */
export function partitionOf(tenantId: string, aggregateId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of text.encode(`${tenantId}/${aggregateId}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return ((hash >>> 16) ^ hash) & (PARTITIONS - 1);
}

const two = (partition: number): string => String(partition).padStart(2, '0');
const token = (context: string): string => context.toUpperCase().replaceAll('-', '_');

export const eventSubject = (def: EventDef, partition: number): string =>
  `evt.${def.context}.p${two(partition)}.${def.aggregate}.${def.name}`;
/** Matches the event in every partition. */
export const eventFilter = (def: EventDef): string => `evt.${def.context}.*.${def.aggregate}.${def.name}`;
/** Matches all events of one aggregate type in every partition. */
export const aggregateFilter = (context: ContextName, aggregate: string): string => `evt.${context}.*.${aggregate}.*`;
export const commandSubject = (def: SagaCommandDef): string => `cmd.${def.context}.${def.name}`;
export const progressSubject = (def: ProgressDef, aggregateId: string): string => `prg.${def.context}.${aggregateId}`;
export const progressFilter = (context: ContextName): string => `prg.${context}.*`;
export const rpcSubject = (def: RpcDef): string => `rpc.${def.context}.${def.name}`;
/** Operator verbs that every service with a store answers. */
export const operatorSubject = (service: ServiceName, verb: string): string => `rpc.${service}.${verb}`;
export const deadLetterSubject = (service: ServiceName, consumer: string): string => `dlq.${service}.${consumer}`;

export const eventStream = (context: ContextName): string => `EVT_${token(context)}`;
export const commandStream = (context: ContextName): string => `CMD_${token(context)}`;
export const DEAD_LETTER_STREAM = 'DLQ';
export const PROGRESS_STREAM = 'PRG';
/** What the broker says when it gave up a message for a consumer. */
export const ADVISORY_STREAM = 'ADVISORIES';
const ADVISORIES = ['MAX_DELIVERIES', 'MSG_TERMINATED'].map((kind) => `$JS.EVENT.ADVISORY.CONSUMER.${kind}`);
/** Advisories about one durable. */
export const advisorySubjects = (stream: string, durable: string): string[] =>
  ADVISORIES.map((front) => `${front}.${stream}.${durable}`);
export const streamOf = (def: MessageDef): string =>
  def.kind === 'event' ? eventStream(def.context) : commandStream(def.context);
export const filterOf = (def: MessageDef): string => (def.kind === 'event' ? eventFilter(def) : commandSubject(def));
export const streamSubjects = {
  events: (context: ContextName): string => `evt.${context}.>`,
  commands: (context: ContextName): string => `cmd.${context}.>`,
  progress: 'prg.>',
  deadLetters: 'dlq.>',
  advisories: ADVISORIES.map((front) => `${front}.>`),
};

/** Name of a durable: `<service>__<subscription>`. */
export const durableName = (service: ServiceName, subscription: string): string => `${service}__${subscription}`;

/** Who signs in to the broker: a process of the product, or whoever makes streams and looks after them. */
export type BrokerUser = ServiceName | 'topology';

const INBOX = '_INBOX_';
/** Where answers to one user arrive. */
export const inboxPrefix = (user: BrokerUser): string => `${INBOX}${user}`;
/** Whether a subject is where somebody waits for a reply. */
export const isInbox = (subject: string): boolean => subject.startsWith(INBOX);

const API = '$JS.API';
/** Subjects of the broker itself, and those that belong to one user; permissions name them. */
export const brokerSubjects = {
  api: `${API}.>`,
  info: `${API}.INFO`,
  inbox: (user: BrokerUser): string => `${inboxPrefix(user)}.>`,
  deadLetters: (service: ServiceName): string => `dlq.${service}.>`,
  /** Hints among the replicas of one service. */
  broadcast: (service: ServiceName, topic: string): string => `bct.${service}.${topic}`,
  progress: (context: ContextName): string => `prg.${context}.>`,
  streamInfo: (stream: string): string => `${API}.STREAM.INFO.${stream}`,
  /** One message by its sequence. */
  read: (stream: string): string[] => [`${API}.STREAM.MSG.GET.${stream}`, `${API}.DIRECT.GET.${stream}`],
  /** Work with a durable that is there; the longer acknowledgement is that of brokers with domains. */
  consume: (stream: string, durable: string): string[] => [
    `${API}.CONSUMER.INFO.${stream}.${durable}`,
    `${API}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
    `$JS.ACK.*.*.${stream}.${durable}.>`,
  ],
  /** Make a reader without a name, which can be no durable, and tell the broker to go on sending. */
  tail: (stream: string): string[] => [`${API}.CONSUMER.CREATE.${stream}`, `$JS.FC.${stream}.>`],
  purge: (stream: string): string => `${API}.STREAM.PURGE.${stream}`,
};

/** The bucket of what the topology's version stands in. */
export const TOPOLOGY_BUCKET = 'TOPOLOGY';
export const keyValue = (bucket: string) => ({
  stream: `KV_${bucket}`,
  key: (key: string): string => `$KV.${bucket}.${key}`,
  all: `$KV.${bucket}.>`,
  /** The newest value of every key. */
  read: [`${API}.STREAM.MSG.GET.KV_${bucket}`, `${API}.DIRECT.GET.KV_${bucket}.>`],
});

/** The bucket of the object store that files lie in, where `ARTEFACTS_URL` says `nats:`. */
export const ARTEFACT_BUCKET = 'artefacts';
export const objectStore = (bucket: string) => ({
  stream: `OBJ_${bucket}`,
  subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
  all: `$O.${bucket}.>`,
});

/** What a subject of a stream says about its message; undefined where it is none of ours. */
export type SubjectParts =
  | Readonly<{ kind: 'event'; context: string; partition: number; aggregate: string; name: string }>
  | Readonly<{ kind: 'command'; context: string; name: string }>
  | Readonly<{ kind: 'progress'; context: string; id: string }>;

const shapes = [
  /^(?<kind>cmd|prg)\.(?<context>[\w-]+)\.(?<rest>[\w-]+)$/,
  /^(?<kind>evt)\.(?<context>[\w-]+)\.p(?<partition>\d\d)\.(?<aggregate>\w+)\.(?<rest>\w+)$/,
];

/** Takes a subject apart. */
export function partsOf(subject: string): SubjectParts | undefined {
  const found = shapes.map((shape) => shape.exec(subject)?.groups).find((groups) => groups !== undefined);
  if (!found) return undefined;
  const { kind, context = '', rest = '', partition, aggregate = '' } = found;
  if (kind === 'cmd') return { kind: 'command', context, name: rest };
  if (kind === 'prg') return { kind: 'progress', context, id: rest };
  return { kind: 'event', context, partition: Number(partition), aggregate, name: rest };
}
