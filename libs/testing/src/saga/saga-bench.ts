import type { EventDef, MessageDef } from '@gts/contracts';
import { type Context, type MessageId, type SagaRef, SYSTEM_TENANT, type TenantId } from '@gts/kernel';
import type { GeneratedSubscription, Incoming, Outgoing } from '@gts/messaging';
import type { Encoder, NewOutboxRow, OutboxRow, Store } from '@gts/persistence';
import { aContext, anId } from '../ids';

/** A message in the outbox as a test reads it. */
export type SentMessage = Readonly<{
  id: MessageId;
  type: string;
  orderKey: string;
  orderSeq: number;
  tenantId: TenantId;
  saga: SagaRef | undefined;
  data: unknown;
}>;

const OTHER_STREAM = 'TEST';

/** Writes a message as JSON, without an envelope: enough where only one service is looked at. */
export function plainEncoder(): Encoder<Outgoing> {
  let ids = 0;
  return {
    numbered: ({ message }) => message.kind === 'event',
    encode: ({ message, data }, { ctx, aggregate, id }): NewOutboxRow => {
      const messageId = id ?? anId<'Message'>(500_000 + ++ids);
      const saga = ctx.saga ?? null;
      const own = aggregate ? `${aggregate.type}/${aggregate.id}` : `cmd/${messageId}`;
      return {
        id: messageId,
        tenantId: ctx.tenantId,
        stream: OTHER_STREAM,
        subject: message.type,
        headers: {},
        body: Buffer.from(JSON.stringify({ type: message.type, saga, data })),
        partition: 0,
        orderKey: ctx.saga && !aggregate ? `saga/${ctx.saga.id}` : own,
        orderSeq: aggregate?.version ?? ctx.saga?.epoch ?? 1,
      };
    },
  };
}

const messageOf = (row: OutboxRow): SentMessage => {
  const { type, saga, data } = JSON.parse(Buffer.from(row.body).toString()) as {
    type: string;
    saga: SagaRef | null;
    data: unknown;
  };
  const { id, orderKey, orderSeq, tenantId } = row;
  return { id, type, orderKey, orderSeq, tenantId, saga: saga ?? undefined, data };
};

/** Hands messages to a generated subscription and reads what it sent: a service on a bench, without a bus. */
export class SagaBench {
  #ids = 0;
  #read = 0;

  constructor(
    readonly store: Store,
    readonly ctx: Context = aContext(),
  ) {}

  /** One delivery in one unit, with a fresh message id. */
  async deliver<D extends MessageDef>(to: GeneratedSubscription, def: D, part: Partial<Incoming> = {}): Promise<void> {
    const message: Incoming = {
      id: anId<'Message'>(900_000 + ++this.#ids),
      type: def.type,
      occurredAt: await this.store.now(),
      tenantId: this.ctx.tenantId,
      data: def.example,
      ...part,
    };
    const ctx: Context = { ...this.ctx, tenantId: message.tenantId, saga: message.saga };
    await this.store.transaction(ctx, (unit) => to.apply(message, unit.ctx));
  }

  /** Everything that ever left, oldest first. */
  async sent(): Promise<readonly SentMessage[]> {
    const page = await this.store.outbox.list({ state: 'pending', limit: 100 });
    return page.items.map(messageOf).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Names of what left since the last look. */
  async fresh(): Promise<readonly string[]> {
    const all = await this.sent();
    const fresh = all.slice(this.#read).map(({ type }) => type.split('.')[1] ?? type);
    this.#read = all.length;
    return fresh;
  }

  /** The answer that a participant would give to a command. */
  async answer(to: GeneratedSubscription, event: EventDef, command: SentMessage | undefined): Promise<void> {
    await this.deliver(to, event, { ...(command?.saga && { saga: command.saga }) });
  }
}

/** The caller of system work in tests. */
export const systemContext = (): Context => aContext({ tenantId: SYSTEM_TENANT });
