import type { ContextName, ServiceName } from '@gts/kernel';
import type { MessageDef, RpcDef, SagaCommandDef } from '../define';

export type SubscriptionKind = 'projection' | 'handler' | 'saga' | 'participant' | 'work';
/** All events of one aggregate type, whatever their names. */
export type AggregateSource = Readonly<{ context: ContextName; aggregate: string }>;

/** One durable consumer of a service, as generators and operators see it without loading the service. */
export type DeclaredSubscription = Readonly<{
  service: ServiceName;
  name: string;
  kind: SubscriptionKind;
  from: readonly MessageDef[] | AggregateSource;
}>;

/** What a service listens to, asks others, and sends to others; broker permissions follow from it. */
export type ServiceDeclaration = Readonly<{
  service: ServiceName;
  subscriptions: readonly DeclaredSubscription[];
  calls: readonly RpcDef[];
  sends: readonly SagaCommandDef[];
}>;
type Declared = Readonly<{
  subscriptions: readonly Omit<DeclaredSubscription, 'service'>[];
  calls?: readonly RpcDef[];
  sends?: readonly SagaCommandDef[];
}>;

/** Declares one service; its file in this folder exports the result. */
export const declareService = (
  service: ServiceName,
  { subscriptions, calls = [], sends = [] }: Declared,
): ServiceDeclaration => ({
  service,
  subscriptions: subscriptions.map((each) => ({ service, ...each })),
  calls,
  sends,
});
