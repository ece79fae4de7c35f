/** Places where tests stop a process: right before or after a write that others rely on. */
export type CrashPoint =
  | 'unit.beforeCommit'
  | 'unit.afterCommit'
  | 'relay.afterRead'
  | 'relay.afterPublish'
  | 'relay.afterMark'
  | 'consumer.afterReceive'
  | 'consumer.afterGuard'
  | 'consumer.afterApply'
  | 'consumer.afterCommit'
  | 'consumer.afterAck'
  | 'park.afterCommit'
  | 'redrive.afterStart'
  | 'saga.afterStep'
  | 'saga.afterCommit'
  | 'timer.afterRead'
  | 'timer.afterCommit'
  | 'participant.beforeComplete'
  | 'rpc.afterCommit'
  | 'shutdown.midDrain';

/** Injected by tests only; production passes none. */
export type Probe = (point: CrashPoint) => void | Promise<void>;
