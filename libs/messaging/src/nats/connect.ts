import { type BrokerUser, inboxPrefix } from '@gts/contracts';
import { connect, type ConnectionOptions, type NatsConnection } from 'nats';
import { jitter, type Scheduler, systemScheduler } from '../ports';
import { userAuthenticator } from './user-key';

export type ConnectOptions = Readonly<{
  service: BrokerUser;
  url: string;
  /** Seed of the broker user (`SU…`); absent where the broker has no users. */
  nkey?: string | undefined;
  /** Authority that signed the broker's certificate, as a file; the system's when left out. Read at every connect. */
  caFile?: string | undefined;
  scheduler?: Scheduler;
}>;

const FIRST_MS = 250;
const LONGEST_MS = 5000;
/** So long after the last question it is a new outage: no try takes longer than that. */
const NEW_OUTAGE_MS = 30_000;

/**
 * Waits between tries: 250 ms, doubling up to 5 s, with jitter, so that clients do not come back as one. The client
 * asks once before it sleeps and once more when it wakes, and tries only if the answer has passed then: so each
 * wait is answered twice.
 */
export function reconnectDelay(scheduler: Pick<Scheduler, 'nowMs' | 'random'>): () => number {
  let asked = 0;
  let waitMs = 0;
  let lastMs = -Infinity;
  return () => {
    const now = scheduler.nowMs();
    if (now - lastMs > NEW_OUTAGE_MS) asked = 0;
    lastMs = now;
    if (asked % 2 === 0) waitMs = jitter(scheduler, Math.min(LONGEST_MS, FIRST_MS * 2 ** (asked / 2)));
    asked += 1;
    return waitMs;
  };
}

/** By address or authority TLS is demanded: a broker that does not offer it is not talked to. */
const tlsOf = (url: string, caFile: string | undefined): Pick<ConnectionOptions, 'tls'> => {
  if (caFile !== undefined) return { tls: { caFile } };
  return url.split(',').some((each) => each.trim().startsWith('tls:')) ? { tls: {} } : {};
};

/** Connects for ever: 250 ms to 5 s between tries, a dead link is noticed within 20 s. */
export async function connectNats({
  service,
  url,
  nkey,
  caFile,
  scheduler = systemScheduler,
}: ConnectOptions): Promise<NatsConnection> {
  return connect({
    servers: url.split(','),
    name: service,
    inboxPrefix: inboxPrefix(service),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectDelayHandler: reconnectDelay(scheduler),
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 20_000,
    noAsyncTraces: true,
    ...tlsOf(url, caFile),
    ...(nkey !== undefined && { authenticator: userAuthenticator(nkey) }),
  });
}
