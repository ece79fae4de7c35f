import { join } from 'node:path';
import { openArtefacts } from '@gts/artefacts';
import { newSecret, parseKeyRing, tokenMinter } from '@gts/auth';
import { type Clock, type Context, type NewId, serviceContext } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import { artefactsPlace } from '@gts/nest';
import type { Logger, Metrics } from '@gts/observability';
import { folder } from './adapters/folder';
import { internalTokens } from './adapters/internal-tokens';
import { type Connection, NatsFeed } from './adapters/nats-feed';
import { createFeed } from './application/events/feed';
import { OpenStreams } from './application/events/open-streams';
import type { Ports, Settings } from './application/ports';
import { createPrincipals } from './application/principals';
import { type Config, publicUrlOf } from './config';

/** What is open already when the edge is put together. */
export type Opened = Readonly<{
  config: Config;
  clock: Clock;
  newId: NewId;
  rpc: RpcClient;
  nc: Connection;
  wasReplayed: Ports['wasReplayed'];
  readiness: Ports['readiness'];
  version: string;
  logger: Logger;
  metrics: Metrics;
}>;

// The same from src and dist: services/gateway/<here>/../../…
const WEB = join(__dirname, '..', '..', 'web', 'dist');
const DOCS = join(__dirname, '..', '..', '..', 'docs');
const SERVICE_CALL_MS = 5000;

/** The ports of the edge, each with its adapter, and what follows the streams for them. */
export type Composed = Readonly<{ ports: Ports; streams: { start(): Promise<void>; stop(): void } }>;

export function compose(opened: Opened): Composed {
  const { config, clock, newId, rpc, nc, logger, metrics } = opened;
  const feed = createFeed();
  const mint = tokenMinter({ issuer: 'gateway', jwk: config.INTERNAL_SIGNING_KEY, clock, newId });
  const tokens = internalTokens(mint);
  const ownContext = async (): Promise<Context> => ({
    ...serviceContext('gateway', newId<'Correlation'>(), clock.epochMs() + SERVICE_CALL_MS),
    token: await tokens.forService(),
  });
  const ports: Ports = {
    ...opened,
    settings: settingsOf(opened),
    tokens,
    newSecret,
    keys: parseKeyRing(config.GATEWAY_KEYS),
    principals: createPrincipals({ rpc, clock, serviceContext: ownContext }),
    artefacts: openArtefacts({ ...artefactsPlace(config), context: 'gateway', clock, nc }),
    feed,
    streams: new OpenStreams(),
    web: folder(WEB),
    reference: folder(DOCS),
  };
  return { ports, streams: new NatsFeed({ nc, feed, logger, metrics }) };
}

const settingsOf = ({ config, version }: Opened): Settings => ({
  publicUrl: publicUrlOf(config),
  corsOrigins: config.CORS_ORIGINS,
  trustedProxies: config.TRUSTED_PROXIES,
  production: config.NODE_ENV === 'production',
  version,
});
