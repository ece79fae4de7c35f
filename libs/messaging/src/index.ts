export { type AdvisoryDeps, watchAdvisories } from './advisories';
export type {
  Bus,
  BusMessage,
  ConsumeOptions,
  ConsumerRef,
  ConsumerState,
  Delivery,
  PubAck,
  Pull,
  StreamState,
} from './bus';
export { type Broadcasts, createBroadcasts } from './broadcasts';
export * from './callers';
export * from './collections';
export type { Consumer, ConsumerStateName } from './consumer/deps';
export { type DeadLetter, deadLetterRows, gateRows } from './consumer/rows';
export { createConsumers, type Consumers, type ConsumersOptions } from './consumer/runtime';
export { memoryBroadcasts } from './memory/broadcasts';
export { brokerDurability, type Durability, durabilityText, type DurabilityOptions, monitorUrls } from './durability';
export { createEncoder, type EncoderDeps } from './encoder';
export { busErrors } from './errors';
export { decodeEnvelope } from './incoming';
export { connectNats, type ConnectOptions } from './nats/connect';
export { newUserSeed, userKey, type UserKey } from './nats/user-key';
export { natsBus, type NatsBus, type NatsBusOptions } from './nats/nats-bus';
export { operatorAudit, type AuditDone } from './operator/dead-letters';
export { serveOperator, type OperatorOptions } from './operator/serve';
export {
  memoryBroker,
  type MemoryBroker,
  type MemoryBrokerOptions,
  memoryBus,
  type MemoryBus,
  type MemoryFaults,
} from './memory/broker';
export * from './outgoing';
export * from './ports';
export { createProgressReporter, progressOf, type ProgressOptions } from './progress';
export { Reconciler, type ReconcilerOptions } from './reconcile/reconciler';
export { Relay, type RelayDeps, type RelayHealth } from './relay/relay';
export { serviceContext } from './service-context';
export { createRpcClient, type RpcClientOptions } from './rpc/client';
export {
  createRpcServer,
  type Principal,
  type RpcHandler,
  type RpcServer,
  type RpcServerOptions,
  type VerifyToken,
} from './rpc/server';
export { isReset, watchStreams, type StreamWatch, type StreamWatchOptions } from './stream-watch';
export { streamStateOf } from './nats/stream-state';
export * from './subscription';
export { followProgress, tail, type Tailed, type TailOptions, type TailStart } from './tail';
export { applyTopology, type ApplyOptions } from './topology/apply';
export { type Drift, driftText, topologyDrifts } from './topology/compare';
export { assertDeclared } from './topology/routing';
