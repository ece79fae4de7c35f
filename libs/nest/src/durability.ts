import { brokerDurability, type Durability, durabilityText, type Log, type Metrics, monitorUrls } from '@gts/messaging';
import { storeUrl } from './open-store';
import type { Readiness } from './readiness';
import type { ProcessParts } from './process';
import type { CommonSettings } from './settings';

const RETRY_MS = 10_000;
const PART = 'durability';

export type DurableDeps = Readonly<{
  demanded: 'strict' | 'relaxed';
  ask: () => Promise<Durability>;
  readiness: Pick<Readiness, 'set' | 'warn' | 'durable'>;
  log: Pick<Log, 'info'>;
  metrics: Pick<Metrics, 'gauge'>;
  wait: (ms: number) => Promise<void>;
}>;

/**
 * Says how durable broker and store are. Where `strict` is demanded it waits, asking every 10 s: nothing is sent or
 * consumed before that; else it warns.
 */
export async function untilDurable({ demanded, ask, readiness, log, metrics, wait }: DurableDeps): Promise<void> {
  for (let told: Durability | undefined; ; await wait(RETRY_MS)) {
    const level = await ask();
    for (const each of ['strict', 'relaxed', 'unknown'])
      metrics.gauge('messaging_durability', each === level ? 1 : 0, { level: each });
    if (level !== told) log.info({ durability: level, demanded }, 'durability');
    told = level;
    readiness.durable(level);
    if (level === 'strict' || demanded === 'relaxed') {
      readiness.set(PART, undefined);
      return readiness.warn(PART, durabilityText[level]);
    }
    readiness.set(PART, `${durabilityText[level]}; DURABILITY=strict waits for it`);
  }
}

/** A replica set is asked for majority and journal in any case. */
const isStrict = (config: CommonSettings): boolean =>
  config.SQLITE_SYNC === 'full' || !storeUrl(config).startsWith('file:');

/** Durability of the broker that this process is connected to together with its own store's. */
export function ensureDurability<C extends CommonSettings>(parts: ProcessParts<C>): Promise<void> {
  const { nc, config, readiness, logger: log, metrics } = parts;
  const urls = monitorUrls(config.NATS_URL, config.NATS_MONITOR_URLS);
  const ask = async (): Promise<Durability> =>
    isStrict(config)
      ? brokerDurability({ urls, version: nc.info?.version ?? '0', caFile: config.NATS_CA_FILE })
      : 'relaxed';
  const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  return untilDurable({ demanded: config.DURABILITY, ask, readiness, log, metrics, wait });
}
