import type { ContextName, ServiceName } from '@gts/kernel';
import type { RpcDef } from './define';
import { type Catalogue, durablesOf } from './consumers';
import { operator } from './operator';
import {
  ARTEFACT_BUCKET,
  brokerSubjects,
  type BrokerUser,
  commandStream,
  commandSubject,
  DEAD_LETTER_STREAM,
  eventStream,
  keyValue,
  objectStore,
  progressFilter,
  rpcSubject,
  streamSubjects,
  TOPOLOGY_BUCKET,
} from './subjects';
import type { ServiceDeclaration } from './subscriptions/types';

/** What one broker user may do; everything else is refused. */
export type BrokerPermissions = Readonly<{
  publish: readonly string[];
  subscribe: readonly string[];
  /** May answer each request that reached it once, wherever the answer is wanted. */
  responds: boolean;
}>;

const version = keyValue(TOPOLOGY_BUCKET);
const files = objectStore(ARTEFACT_BUCKET);
const verbsOf = (context: ContextName): readonly RpcDef[] => Object.values(operator(context));
const unique = (subjects: readonly string[]): string[] => [...new Set(subjects)];

type Own = Catalogue[number] | undefined;

/** Streams that a service writes to or reads: those it looks at before it says that it is ready. */
export function streamsNear(declaration: ServiceDeclaration, catalogue: Catalogue): string[] {
  const { service, sends, tails } = declaration;
  const own = catalogue.find(({ name }) => name === service);
  const writes = own?.definitions.some((def) => def.kind === 'event') ? [eventStream(own.name)] : [];
  return unique([
    ...writes,
    ...sends.map((def) => commandStream(def.context)),
    ...durablesOf(declaration).map(({ stream }) => stream),
    ...tails.map(eventStream),
    ...(own ? [DEAD_LETTER_STREAM] : []),
  ]);
}

const saidBy = (own: Own): string[] => [
  ...(own ? [streamSubjects.events(own.name), brokerSubjects.deadLetters(own.name)] : []),
  ...(own?.definitions.some((def) => def.kind === 'progress') ? [brokerSubjects.progress(own.name)] : []),
];

function filesOf({ files: use }: ServiceDeclaration): string[] {
  const { stream, all } = files;
  if (use === 'none') return [];
  const read = [
    brokerSubjects.streamInfo(stream),
    ...brokerSubjects.read(stream),
    `${brokerSubjects.read(stream)[1]}.>`,
  ];
  return [all, ...read, ...(use === 'sweeps' ? [brokerSubjects.purge(stream)] : [])];
}

function mayPublish(declaration: ServiceDeclaration, catalogue: Catalogue): string[] {
  const { service, calls, sends, tails, operates } = declaration;
  const own = catalogue.find(({ name }) => name === service);
  const durables = durablesOf(declaration);
  return unique([
    ...saidBy(own),
    brokerSubjects.broadcast(service, '>'),
    ...sends.map(commandSubject),
    ...calls.map(rpcSubject),
    ...(operates ? catalogue.flatMap(({ name }) => verbsOf(name)).map(rpcSubject) : []),
    brokerSubjects.info,
    ...version.read,
    ...streamsNear(declaration, catalogue).map(brokerSubjects.streamInfo),
    ...durables.flatMap(({ stream, durable }) => brokerSubjects.consume(stream, durable)),
    ...durables.flatMap(({ stream }) => brokerSubjects.read(stream)),
    ...tails.flatMap((context) => brokerSubjects.tail(eventStream(context))),
    ...filesOf(declaration),
  ]);
}

const isAsked = (def: Catalogue[number]['definitions'][number]): def is RpcDef => 'reply' in def;

function maySubscribe({ service, follows }: ServiceDeclaration, catalogue: Catalogue): string[] {
  const own = catalogue.find(({ name }) => name === service);
  const served = own ? [...own.definitions.filter(isAsked), ...verbsOf(own.name)] : [];
  return unique([
    brokerSubjects.inbox(service),
    brokerSubjects.broadcast(service, '>'),
    ...served.map(rpcSubject),
    ...follows.map(({ context }) => progressFilter(context)),
  ]);
}

/** Makes and looks at streams and durables, and at nothing that services say to each other. */
const topologyUser: BrokerPermissions = {
  publish: [brokerSubjects.api, version.all],
  subscribe: [brokerSubjects.inbox('topology')],
  responds: false,
};

/** The users of the broker, least privilege each, from what is declared. */
export function brokerUsers(
  catalogue: Catalogue,
  services: readonly ServiceDeclaration[],
): Readonly<Partial<Record<BrokerUser, BrokerPermissions>>> {
  const permissions = (declaration: ServiceDeclaration): BrokerPermissions => ({
    publish: mayPublish(declaration, catalogue),
    subscribe: maySubscribe(declaration, catalogue),
    responds: catalogue.some(({ name }) => (name as ServiceName) === declaration.service),
  });
  return { ...Object.fromEntries(services.map((each) => [each.service, permissions(each)])), topology: topologyUser };
}
