import type { RpcServer } from '@gts/messaging';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { HandlerExtras } from './handles';

/** Requests over `libs/messaging`: hands each registered handler to the server, adds nothing. */
export class RpcStrategy extends Server implements CustomTransportStrategy {
  constructor(
    private readonly server: RpcServer,
    private readonly graceMs: number,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [pattern, handler] of this.messageHandlers) {
      if (handler.isEventHandler) continue;
      if (handler.next) return callback(new Error(`two handlers for ${pattern}`));
      const extras = handler.extras as HandlerExtras | undefined;
      if (!extras?.def) return callback(new Error(`${pattern} was not declared with @Handles`));
      this.server.serve(extras.def, (data, ctx) => this.answer(handler, data, ctx));
    }
    callback();
  }

  /** Nest calls this when the application closes; the drain has usually done it before. */
  close(): Promise<void> {
    return this.server.stop(this.graceMs);
  }

  override on(): never {
    throw new Error('this transport has no event listeners');
  }

  override unwrap<T>(): T {
    return this.server as T;
  }

  private async answer(handler: MessageHandler, data: unknown, ctx: unknown): Promise<unknown> {
    return lastValueFrom(this.transformToObservable(await handler(data, ctx)), { defaultValue: undefined });
  }
}
