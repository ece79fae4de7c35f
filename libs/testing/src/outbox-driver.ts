import type { MessageDef } from '@gts/contracts';
import { type Context, type Id, isDomainError, type SagaRef, type TenantId } from '@gts/kernel';
import type { Incoming, Outgoing, Subscription, WorkItem } from '@gts/messaging';
import type { Encoder, NewOutboxRow, Store } from '@gts/persistence';
import { aContext } from './ids';

/** A message as the driver saw it leave. */
export type DrivenMessage = Readonly<{
  type: string;
  data: unknown;
  saga?: SagaRef;
  tenantId: string;
  number?: number;
}>;
type Wire = DrivenMessage & Readonly<{ id: string; correlationId: string; traceparent?: string }>;

/** Rows that carry plain JSON; what the real encoder adds is of no interest to use cases. */
export function wireEncoder(): Encoder<Outgoing> {
  let next = 1;
  return {
    numbered: ({ message }) => message.kind === 'event',
    encode: ({ message, data }, { ctx, aggregate }) => {
      const id = `message-${next++}`;
      const { saga, tenantId, correlationId, traceparent } = ctx;
      const number = aggregate?.version;
      // Strict, as the real one: data that does not match its definition must not leave.
      const parsed = message.data.parse(data);
      const wire = { id, type: message.type, data: parsed, saga, tenantId, correlationId, traceparent, number };
      const row = { id, tenantId, stream: 'S', subject: message.type, headers: {}, partition: 0 };
      const order = aggregate ? `${aggregate.type}/${aggregate.id}` : `cmd/${id}`;
      const body = new TextEncoder().encode(JSON.stringify(wire));
      return { ...row, body, orderKey: order, orderSeq: number ?? 1 } as NewOutboxRow;
    },
  };
}

export type OutboxDriver = Readonly<{
  sent: DrivenMessage[];
  /** Messages that spent their attempts. */
  parked: DrivenMessage[];
  /** Puts a message in front of its consumer as if it had come from elsewhere. */
  send(def: MessageDef, data: unknown, o?: { saga?: SagaRef; ctx?: Partial<Context> }): void;
  /** Resolves when nothing is on its way and nothing runs. */
  idle(): Promise<void>;
  ofType(def: MessageDef): readonly DrivenMessage[];
}>;
type Options = Readonly<{ store: Store; subscriptions: () => readonly Subscription[] }>;

/**
 * One process's consumers without a broker: what a store commits to its outbox is handed to the subscription that
 * asks for it, work items at once in parallel, failures again at once until their attempts are spent.
 */
export function outboxDriver({ store, subscriptions }: Options): OutboxDriver {
  const [sent, parked]: [DrivenMessage[], DrivenMessage[]] = [[], []];
  const running = new Set<Promise<void>>();
  const start = (wire: Wire): void => {
    const work = deliver({ store, subscriptions, parked }, wire).finally(() => running.delete(work));
    running.add(work);
  };
  store.onOutbox((rows) => {
    for (const { body } of rows) {
      const wire = JSON.parse(new TextDecoder().decode(body)) as Wire;
      sent.push(wire);
      start(wire);
    }
  });
  let next = 1;
  return {
    sent,
    parked,
    send: (def, data, { saga, ctx = {} } = {}) => {
      const { tenantId, correlationId } = aContext(ctx);
      start({ id: `sent-${next++}`, type: def.type, data, tenantId, correlationId, ...(saga && { saga }) });
    },
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    ofType: (def) => sent.filter(({ type }) => type === def.type),
  };
}

type Delivery = Readonly<{ store: Store; subscriptions: () => readonly Subscription[]; parked: DrivenMessage[] }>;

async function deliver({ store, subscriptions, parked }: Delivery, wire: Wire): Promise<void> {
  const { tenantId, correlationId, traceparent } = wire;
  const ctx = aContext({ tenantId: tenantId as TenantId, correlationId, traceparent, saga: wire.saga });
  const message: Incoming = {
    ...wire,
    tenantId: ctx.tenantId,
    id: wire.id as Id<'Message'>,
    occurredAt: await store.now(),
  };
  for (const each of subscriptions()) {
    const item = each.kind === 'work' ? each.items.find(({ def }) => def.type === wire.type) : undefined;
    if (item && (await work(store, item, { message, ctx })) === 'parked') parked.push(wire);
    else if (asks(each, wire.type)) await handle(store, each, { message, ctx });
  }
}

const asks = (each: Subscription, type: string): boolean =>
  each.kind === 'handler' ? each.def.type === type : 'defs' in each && each.defs.some((def) => def.type === type);

type Arrival = Readonly<{ message: Incoming; ctx: Context }>;

async function handle(store: Store, each: Subscription, { message, ctx }: Arrival): Promise<void> {
  if (each.kind === 'work') return;
  const prepared = each.kind === 'handler' ? await each.prepare?.(message, ctx) : undefined;
  await store.transaction(ctx, async (unit) => {
    if (each.kind === 'projection') await each.apply[message.type]?.(message, unit.ctx);
    else await each.apply(message, unit.ctx, prepared);
  });
}

async function work(store: Store, item: WorkItem, { message, ctx }: Arrival): Promise<'done' | 'parked'> {
  for (;;) {
    const claimed = await store.transaction(ctx, (unit) => item.claim(message, unit.ctx, 'driver'));
    if (claimed === 'skip') return 'done';
    const { attempt, claim } = claimed;
    if (attempt > item.maxAttempts) {
      const spent = { code: 'ATTEMPTS_EXHAUSTED', detail: 'attempts are spent' };
      await store.transaction(ctx, (unit) => item.giveUp(message, unit.ctx, spent));
      return 'parked';
    }
    const run = { claim, signal: new AbortController().signal, moved: () => undefined };
    const outcome = await item.run(message, ctx, run).then(
      (result) => ({ result }),
      () => undefined,
    );
    if (outcome && (await completed(store, item, { message, ctx, claim, ...outcome }))) return 'done';
  }
}

type Ended = Arrival & Readonly<{ claim: unknown; result: unknown }>;

/** False for a result that a newer claim fenced off: the message is still to be settled, so it comes again. */
async function completed(store: Store, item: WorkItem, { message, ctx, claim, result }: Ended): Promise<boolean> {
  try {
    await store.transaction(ctx, (unit) => item.complete(message, unit.ctx, result, claim));
    return true;
  } catch (error) {
    if (isDomainError(error) && error.code.endsWith('.FENCED')) return false;
    throw error;
  }
}
