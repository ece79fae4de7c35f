import { ApiTokenRevoked, type DataOf, SessionsRevoked } from '@gts/contracts';
import { wasReplayed } from '@gts/messaging';
import { ensureDurability, ensureTopology, openRpcClient, type ProcessParts, type Running } from '@gts/nest';
import type { Feed } from './application/events/feed';
import type { Principals } from './application/ports';
import { compose } from './composition';
import type { Config } from './config';
import { listen } from './gateway.module';

/** Brings the edge up on an open broker connection: streams, the address, and what it asks of the broker. */
export async function startGateway(parts: ProcessParts<Config>): Promise<Running> {
  const { config, logger, readiness } = parts;
  const rpc = openRpcClient(parts);
  const { ports, streams } = compose({ ...parts, rpc, wasReplayed, readiness: () => readiness.report() });
  endSessionsAtOnce(ports.feed, ports.principals);
  readiness.set('streams', 'waits for the event streams of the services');
  void streams.start().then(() => readiness.set('streams', undefined));
  // None needs another: all at once is sooner, and readiness names everything that is missing.
  const [edge] = await Promise.all([
    listen(ports, { host: config.GTS_HOST, port: config.GTS_PORT }),
    ensureTopology(parts),
    ensureDurability(parts),
  ]);
  logger.info({ port: edge.port }, 'serving');
  return {
    live: () => true,
    leave: () => edge.leave(),
    phases: [
      { name: 'requests', budgetMs: 10_000, work: () => edge.close() },
      { name: 'streams', budgetMs: 1000, work: () => Promise.resolve(streams.stop()) },
      { name: 'calls', budgetMs: 1000, work: () => Promise.resolve(rpc.close()) },
    ],
  };
}

/** A revoked session or token fails as soon as its event arrives, not only when the kept answer is old. */
function endSessionsAtOnce(feed: Feed, principals: Principals): void {
  feed.listen((item) => {
    if (!('event' in item)) return;
    const { type, data } = item.event.message;
    if (type === SessionsRevoked.type || type === ApiTokenRevoked.type)
      principals.forget((data as DataOf<typeof SessionsRevoked>).userId);
  });
}
