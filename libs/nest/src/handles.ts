import { EventPattern, MessagePattern } from '@nestjs/microservices';
import type { MessageDef, RpcDef } from '@gts/contracts';
import { rpcSubject } from '@gts/contracts';

/** Token of a service's application in its Nest module. */
export const APPLICATION = Symbol('Application');

/** What the strategies find beside a registered handler. */
export type HandlerExtras = Readonly<{ def: RpcDef }>;
export type SubscriberExtras = Readonly<{ def: MessageDef; name: string }>;

/** Makes a controller method the handler of one command or query. */
export const Handles = (def: RpcDef): MethodDecorator =>
  MessagePattern(rpcSubject(def), { def } satisfies HandlerExtras);

/** Makes a controller method the effect of one message; the usual place is `entrypoints/subscriptions.ts`. */
export const Subscribe = (def: MessageDef, name: string): MethodDecorator =>
  EventPattern(`${def.type}/${name}`, { def, name } satisfies SubscriberExtras);
