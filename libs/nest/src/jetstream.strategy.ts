import type { Context } from '@gts/kernel';
import { type Consumers, type Incoming, on, type Subscription } from '@gts/messaging';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { SubscriberExtras } from './handles';

type Deps = Readonly<{
  subscriptions: readonly Subscription[];
  /** Starts the consumer runtime over the routing table and the controllers' subscribers. */
  consume: (subscriptions: readonly Subscription[]) => Consumers;
  graceMs: number;
}>;

/** Streams over `libs/messaging`. Never `handleEvent`: it swallows a failure, and an ack would lose the message. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  private consumers: Consumers | undefined;

  constructor(private readonly deps: Deps) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    const registered = [...this.messageHandlers.values()].filter((handler) => handler.isEventHandler);
    this.consumers = this.deps.consume([
      ...this.deps.subscriptions,
      ...registered.map((each) => this.subscriberOf(each)),
    ]);
    this.consumers.start();
    callback();
  }

  live(): boolean {
    return this.consumers?.live() ?? true;
  }

  async close(): Promise<void> {
    await this.consumers?.stop(this.deps.graceMs);
  }

  override on(): never {
    throw new Error('this transport has no event listeners');
  }

  override unwrap<T>(): T {
    return this.consumers as T;
  }

  private subscriberOf(handler: MessageHandler): Subscription {
    const { def, name } = handler.extras as SubscriberExtras;
    return on(def, { name, apply: (message, ctx) => this.runAll(handler, message, ctx) });
  }

  /** Several subscribers of one pattern hang on one entry: all must succeed, in order. */
  private async runAll(first: MessageHandler, message: Incoming, ctx: Context): Promise<void> {
    let handler: MessageHandler | undefined = first;
    while (handler) {
      await lastValueFrom(this.transformToObservable(await handler(message, ctx)), { defaultValue: undefined });
      handler = handler.next as MessageHandler | undefined;
    }
  }
}
