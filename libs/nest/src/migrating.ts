import { idFactory } from '@gts/kernel';
import { createLogger } from '@gts/observability';
import { ensureStore, type StoreSpec } from './open-store';
import { onFatal, type ProcessSpec, settingsOf, systemClock, VERSION } from './process';
import type { CommonSettings } from './settings';

/**
 * Makes what this release needs in the store of a service, under a lease, and ends: a job before a roll-over, without
 * broker and as often as one likes.
 */
export async function runMigrate<C extends CommonSettings>(
  spec: Pick<ProcessSpec<C>, 'service' | 'settings' | 'readConfig'> & StoreSpec,
): Promise<void> {
  const { service } = spec;
  const config: C = { ...settingsOf(spec), MIGRATIONS: 'apply' };
  const logger = createLogger({ service, version: VERSION, level: config.LOG_LEVEL });
  onFatal(logger);
  const clock = systemClock;
  const newId = idFactory(() => clock.epochMs());
  const readiness = { set: () => undefined };
  const store = await ensureStore({ config, service, clock, newId, logger, readiness, probe: undefined }, spec);
  await store.close();
  logger.info({ collections: spec.collections.length }, 'migrated');
}
