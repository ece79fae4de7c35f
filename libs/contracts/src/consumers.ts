import { durationMs, type ContextName, type ServiceName } from '@gts/kernel';
import type { Definition, MessageDef } from './define';
import {
  ADVISORY_STREAM,
  advisorySubjects,
  aggregateFilter,
  durableName,
  eventStream,
  filterOf,
  streamOf,
} from './subjects';
import type { DeclaredSubscription, ServiceDeclaration } from './subscriptions/types';

/** Every context with its published language. */
export type Catalogue = readonly Readonly<{ name: ContextName; definitions: readonly Definition[] }>[];
export type ConsumerSpec = Readonly<{
  stream: string;
  durable: string;
  service: ServiceName;
  /** All subjects asked for; a broker with one filter only gets their common wildcard. */
  filters: readonly string[];
  /** No wildcard of the stream covers these and no others: that broker gives it all. */
  scattered?: true;
  ackWaitMs: number;
  maxAckPending: number;
}>;

/** The broker's patience; a consumer gives a sign of life three times within it. */
export const ACK_WAIT_MS = durationMs('30s');

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

/** Where a service hears that the broker gave up one of its messages. */
export const advisoryDurable = (service: ServiceName): string => durableName(service, 'advisories');

/** All durables of a service: its subscriptions', and with some of these the one that reads what happened to them. */
export function durablesOf({ service, subscriptions }: ServiceDeclaration): ConsumerSpec[] {
  const own = subscriptions.flatMap(consumersOf);
  if (own.length === 0) return [];
  const filters = own.flatMap(({ stream, durable }) => advisorySubjects(stream, durable)).toSorted();
  const read = {
    stream: ADVISORY_STREAM,
    durable: advisoryDurable(service),
    service,
    filters,
    scattered: true,
  } as const;
  return [...own, { ...read, ackWaitMs: ACK_WAIT_MS, maxAckPending: 512 }];
}
