import { inboxPrefix } from '@gts/contracts';
import type { ServiceName } from '@gts/kernel';
import { connect, type ConnectionOptions, type NatsConnection } from 'nats';

export type ConnectOptions = Readonly<{
  service: ServiceName;
  url: string;
  /** Asked at every connect, so that a renewed credential is used; an expired fixed one closes the client for good. */
  authenticator?: NonNullable<ConnectionOptions['authenticator']>;
}>;

/** Connects for ever: 250 ms to 5 s between tries, a dead link is noticed within 20 s. */
export const connectNats = ({ service, url, authenticator }: ConnectOptions): Promise<NatsConnection> =>
  connect({
    servers: url.split(','),
    name: service,
    inboxPrefix: inboxPrefix(service),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectDelayHandler: () => 250 + Math.random() * 1000,
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 20_000,
    noAsyncTraces: true,
    ...(authenticator && { authenticator }),
  });
