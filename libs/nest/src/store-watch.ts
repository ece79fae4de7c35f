import { durationMs } from '@gts/kernel';
import type { Opened } from './infrastructure';
import type { Readiness } from './readiness';
import type { Background } from './service';

const EVERY_MS = durationMs('2s');

/** Tells readiness how the store is, so that nobody sends work to a service that has lost its file. */
export function storeWatch<C>({ infra }: Pick<Opened<C>, 'infra'>, readiness: Readiness): Background {
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const { ok, passing, detail = 'the store does not answer' } = await infra.store.health();
    // An outage empties no list of endpoints: commands answer `unavailable`, consumers wait.
    readiness.set('store', ok || passing ? undefined : detail);
    readiness.warn('store', !ok && passing ? `degraded: ${detail}` : undefined);
  };
  const failed = (error: unknown) => readiness.set('store', String(error));
  return {
    name: 'store watch',
    start: () => void (timer = setInterval(() => void look().catch(failed), EVERY_MS)),
    stop: () => Promise.resolve(clearInterval(timer)),
  };
}
