import type { DataOf, EventDef, MessageDef, SagaCommandDef } from '@gts/contracts';
import type { ContextName, Context, Duration, Instant, MessageId, SagaRef, TenantId } from '@gts/kernel';

/** A parsed message, upcast to the current version. */
export type Incoming<T = unknown> = Readonly<{
  id: MessageId;
  type: string;
  occurredAt: Instant;
  tenantId: TenantId;
  aggregate?: Readonly<{ type: string; id: string; version: number }> | undefined;
  saga?: SagaRef | undefined;
  data: T;
}>;
export type MessageOf<Def extends MessageDef> = Incoming<DataOf<Def>>;

type HandlerSpec<D extends MessageDef, P> = Readonly<{
  name: string;
  /** I/O outside the unit; must be repeatable. */
  prepare?: (message: MessageOf<D>, ctx: Context) => Promise<P>;
  /** Inside the consumer's unit: the store only, through repositories bound to `ctx`. */
  apply: (message: MessageOf<D>, ctx: Context, prepared: P) => Promise<void> | void;
  concurrency?: number;
  handlerTimeout?: Duration;
}>;

/** One message type, each message's effect once; no order. */
export type HandlerSubscription = Readonly<{
  kind: 'handler';
  name: string;
  def: MessageDef;
  prepare?: (message: Incoming, ctx: Context) => Promise<unknown>;
  apply: (message: Incoming, ctx: Context, prepared: unknown) => Promise<void>;
  concurrency: number;
  handlerTimeout: Duration;
}>;

/** All events of one aggregate type in version order; types that `apply` lacks only advance the gate. */
export type ProjectionSubscription = Readonly<{
  kind: 'projection';
  name: string;
  context: ContextName;
  aggregate: string;
  apply: Readonly<Record<string, (message: Incoming, ctx: Context) => Promise<void>>>;
  defs: readonly EventDef[];
}>;

/** A long piece of work that holds its message while it runs; the row of the item counts attempts. */
export type WorkItem<T = unknown, C = unknown, R = unknown> = Readonly<{
  def: SagaCommandDef;
  maxAttempts: number;
  /** In a unit: writes attempt + 1 and owner; `skip` acks an item that nobody wants any more. */
  claim: (message: Incoming<T>, ctx: Context, owner: string) => Promise<{ attempt: number; claim: C } | 'skip'>;
  /** Outside any unit. `moved` says that the work advanced; without it the lease is lost. */
  run: (message: Incoming<T>, ctx: Context, run: WorkRun<C>) => Promise<R>;
  /** In a unit with the inbox row: `where attempt = mine`, else throws Fenced. */
  complete: (...of: [message: Incoming<T>, ctx: Context, result: R, claim: C]) => Promise<void>;
  /** In a unit: the item's own failure outcome, when attempts are spent or a refusal is final. */
  giveUp: (message: Incoming<T>, ctx: Context, error: { code: string; detail: string }) => Promise<void>;
  /**
   * In a unit, at a redrive of an item that `claim` skips: sets its row back to no attempts if somebody still wants
   * it. Left out, or false: the redrive discards the dead letter, because nothing is left to do.
   */
  reopen?: (message: Incoming<T>, ctx: Context) => Promise<boolean>;
}>;
export type WorkRun<C> = Readonly<{ claim: C; signal: AbortSignal; moved: () => void }>;
export type WorkSubscription = Readonly<{
  kind: 'work';
  name: string;
  items: readonly WorkItem[];
  /** Items running at once in this replica; nothing is prefetched. */
  concurrency: number;
  maxDuration: Duration;
}>;

/** Whole behaviour of a consumer that a library generates: saga hosts and participants. */
export type GeneratedSubscription = Readonly<{
  kind: 'saga' | 'participant';
  name: string;
  defs: readonly MessageDef[];
  apply: (message: Incoming, ctx: Context) => Promise<void>;
}>;

export type Subscription = HandlerSubscription | ProjectionSubscription | WorkSubscription | GeneratedSubscription;

/** Declares a handler: the effects of `apply` happen once per message, whatever is redelivered. */
export const on = <D extends MessageDef, P = undefined>(def: D, spec: HandlerSpec<D, P>): HandlerSubscription => ({
  kind: 'handler',
  name: spec.name,
  def,
  ...(spec.prepare && { prepare: spec.prepare as NonNullable<HandlerSubscription['prepare']> }),
  apply: async (message, ctx, prepared) => spec.apply(message as MessageOf<D>, ctx, prepared as P),
  concurrency: spec.concurrency ?? 16,
  handlerTimeout: spec.handlerTimeout ?? '20s',
});

/** One event type of a projection with its effect. */
export const when = <D extends EventDef>(def: D, apply: (message: MessageOf<D>, ctx: Context) => Promise<void>) =>
  ({ def, apply: apply as (message: Incoming, ctx: Context) => Promise<void> }) as const;

/** Declares a projection of another context's aggregate: gap-free, in version order. */
export const projection = (
  name: string,
  spec: { from: { context: ContextName; aggregate: string }; apply: readonly ReturnType<typeof when>[] },
): ProjectionSubscription => ({
  kind: 'projection',
  name,
  ...spec.from,
  defs: spec.apply.map((each) => each.def),
  apply: Object.fromEntries(spec.apply.map((each) => [each.def.type, each.apply])),
});

/** Declares one type of work item. */
export const workItem = <D extends SagaCommandDef, C, R>(
  def: D,
  spec: Omit<WorkItem<DataOf<D>, C, R>, 'def'>,
): WorkItem => ({ def, ...spec }) as unknown as WorkItem;

/** Declares the consumer that runs work items. */
export const worker = (
  name: string,
  spec: { items: readonly WorkItem[]; concurrency?: number; maxDuration?: Duration },
): WorkSubscription => ({
  kind: 'work',
  name,
  items: spec.items,
  concurrency: spec.concurrency ?? 1,
  maxDuration: spec.maxDuration ?? '10m',
});
