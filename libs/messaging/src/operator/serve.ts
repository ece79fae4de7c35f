import { operator } from '@gts/contracts';
import type { ContextName, NewId } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { Bus } from '../bus';
import { type Log, noLog, type Scheduler, systemScheduler } from '../ports';
import type { RpcHandler, RpcServer } from '../rpc/server';
import { deadLetterHandlers } from './dead-letters';
import { outboxHandlers } from './outbox';

export type OperatorOptions = Readonly<{
  server: Pick<RpcServer, 'serve'>;
  service: ContextName;
  store: Store;
  bus: Pick<Bus, 'publish'>;
  newId: NewId;
  log?: Log;
  scheduler?: Scheduler;
}>;

/** Serves the operator verbs about dead letters and outbox, `rpc.<service>.<Verb>`, permission `ops`. */
export function serveOperator(options: OperatorOptions): void {
  const { server, service, store, bus, newId, log = noLog, scheduler = systemScheduler } = options;
  const verbs = operator(service);
  const handlers = {
    ...deadLetterHandlers({ service, store, log, newId: () => newId<'Audit'>() }),
    ...outboxHandlers({ store, bus, log, scheduler }),
  };
  for (const [verb, handler] of Object.entries(handlers))
    server.serve(verbs[verb as keyof typeof handlers], handler as RpcHandler);
}
