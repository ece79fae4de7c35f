import {
  consumersOf,
  type ConsumerSpec,
  type Definition,
  type MessageDef,
  type SubscriptionKind,
} from '@gts/contracts';
import { type Context, durationMs, type ServiceName } from '@gts/kernel';
import type { Asked } from '../incoming';
import type { Incoming, Subscription } from '../subscription';

const BATCH = 64;
const HANDLER_TIMEOUT_MS = 20_000;

/** What a subscription asks of the pipeline, whatever its kind. */
export type Kind = Readonly<{
  name: string;
  durable: string;
  kind: SubscriptionKind;
  asked: Asked;
  sources: readonly ConsumerSpec[];
  inbox: boolean;
  gate: boolean;
  /** Messages in one unit. */
  batch: number;
  /** Units or prepares at once. */
  slots: number;
  timeoutMs: number;
  prepare?: ((message: Incoming, ctx: Context) => Promise<unknown>) | undefined;
  apply: (message: Incoming, ctx: Context, prepared: unknown) => Promise<void>;
}>;
type Stream = Exclude<Subscription, { kind: 'work' }>;

const defsOf = (subscription: Subscription): readonly MessageDef[] => {
  if (subscription.kind === 'handler') return [subscription.def];
  return subscription.kind === 'work' ? subscription.items.map(({ def }) => def) : subscription.defs;
};

const known = (catalogue: readonly Definition[]): ((type: string) => boolean) => {
  const types = new Set(catalogue.map(({ type }) => type));
  return (type) => types.size === 0 || types.has(type);
};

/** The durables of a subscription, as the topology declares them. */
export const sourcesOf = (service: ServiceName, subscription: Subscription): readonly ConsumerSpec[] => {
  const { name, kind } = subscription;
  const from =
    kind === 'projection' ? { context: subscription.context, aggregate: subscription.aggregate } : defsOf(subscription);
  return consumersOf({ service, name, kind, from });
};

export const askedOf = (subscription: Subscription, catalogue: readonly Definition[]): Asked => ({
  defs: new Map(defsOf(subscription).map((def) => [def.type, def])),
  ...(subscription.kind === 'projection' && { aggregate: subscription.aggregate }),
  known: known(catalogue),
});

function effects(subscription: Stream): Pick<Kind, 'apply' | 'prepare' | 'batch' | 'slots' | 'timeoutMs'> {
  const plain = { batch: BATCH, slots: 1, timeoutMs: HANDLER_TIMEOUT_MS };
  if (subscription.kind === 'projection') {
    const { apply } = subscription;
    return { ...plain, apply: async (message, ctx) => apply[message.type]?.(message, ctx) };
  }
  if (subscription.kind !== 'handler') return { ...plain, apply: subscription.apply };
  const { apply, prepare, concurrency } = subscription;
  const timeoutMs = durationMs(subscription.handlerTimeout);
  return prepare ? { apply, prepare, batch: 1, slots: concurrency, timeoutMs } : { ...plain, apply, timeoutMs };
}

/** How the pipeline runs a subscription. */
export function kindOfSubscription(service: ServiceName, subscription: Stream, catalogue: readonly Definition[]): Kind {
  const sources = sourcesOf(service, subscription);
  return {
    name: subscription.name,
    durable: sources[0]?.durable ?? subscription.name,
    kind: subscription.kind,
    asked: askedOf(subscription, catalogue),
    sources,
    inbox: subscription.kind !== 'projection',
    gate: subscription.kind === 'projection',
    ...effects(subscription),
  };
}
