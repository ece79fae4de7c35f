import { operator } from '@gts/contracts';
import type { ContextName, NewId } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { Bus } from '../bus';
import { type Log, noLog, type Scheduler, systemScheduler } from '../ports';
import type { RpcHandler, RpcServer } from '../rpc/server';
import { deadLetterHandlers } from './dead-letters';
import { outboxHandlers } from './outbox';
import { Republisher } from './republisher';

export type OperatorOptions = Readonly<{
  server: Pick<RpcServer, 'serve'>;
  service: ContextName;
  store: Store;
  bus: Pick<Bus, 'publish'>;
  newId: NewId;
  /** Names this process among the replicas. */
  owner?: string;
  log?: Log;
  scheduler?: Scheduler;
}>;

/**
 * Serves the operator verbs about dead letters and outbox, `rpc.<service>.<Verb>`, permission `ops`. What it answers
 * publishes again what operators asked for, once started.
 */
export function serveOperator(options: OperatorOptions): Republisher {
  const { server, service, store, bus, newId, log = noLog, scheduler = systemScheduler } = options;
  const verbs = operator(service);
  const audited = { store, log, newId: () => newId<'Audit'>() };
  const handlers = {
    ...deadLetterHandlers({ ...audited, service }),
    ...outboxHandlers(audited),
  };
  for (const [verb, handler] of Object.entries(handlers))
    server.serve(verbs[verb as keyof typeof handlers], handler as RpcHandler);
  const { owner = newId<'Owner'>() } = options;
  return new Republisher({ service, store, bus, scheduler, log, owner });
}
