import type { ContextName, ServiceName } from '@gts/kernel';
import type { MessageDef, ProgressDef, RpcDef, SagaCommandDef } from '../define';

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

/** `sweeps` also takes away what nobody wants any more. */
export type FileUse = 'none' | 'uses' | 'sweeps';

/** What a service listens to, asks others, and sends; the permissions of its broker user follow from it. */
export type ServiceDeclaration = Readonly<{
  service: ServiceName;
  subscriptions: readonly DeclaredSubscription[];
  calls: readonly RpcDef[];
  /** Commands that it writes to a stream, also those to itself. */
  sends: readonly SagaCommandDef[];
  /** Contexts whose events it reads without a durable. */
  tails: readonly ContextName[];
  follows: readonly ProgressDef[];
  /** Asks the verbs of operators. */
  operates: boolean;
  files: FileUse;
}>;
type Declared = Readonly<{
  subscriptions: readonly Omit<DeclaredSubscription, 'service'>[];
  calls?: readonly RpcDef[];
  sends?: readonly SagaCommandDef[];
  tails?: readonly ContextName[];
  follows?: readonly ProgressDef[];
  operates?: boolean;
  files?: FileUse;
}>;
const nothingElse = { calls: [], sends: [], tails: [], follows: [], operates: false, files: 'none' } as const;

/** Declares one service; its file in this folder exports the result. */
export const declareService = (service: ServiceName, { subscriptions, ...rest }: Declared): ServiceDeclaration => ({
  service,
  subscriptions: subscriptions.map((each) => ({ service, ...each })),
  ...nothingElse,
  ...rest,
});
