import { assertNever } from '@gts/kernel';
import type { Logger, Metrics } from '@gts/observability';
import type { SagaFact } from '@gts/saga';

type Deps = Readonly<{ logger: Logger; metrics: Metrics }>;

/** Counts and logs what happens to sagas: one line for each end, for each one that is stuck, nothing for each step. */
export const sagaObserver =
  ({ logger, metrics }: Deps) =>
  (seen: SagaFact): void => {
    const { type } = seen;
    switch (seen.fact) {
      case 'started':
        return metrics.count('saga_started_total', { type });
      case 'compensating':
        return metrics.count('saga_compensations_total', { type });
      case 'stuck':
        metrics.count('saga_stuck', { type });
        return logger.error({ type, sagaId: seen.sagaId }, 'a saga is stuck: gts saga show says where');
      case 'finished':
        metrics.count('saga_finished_total', { type, outcome: seen.outcome });
        return logger.info({ type, sagaId: seen.sagaId, outcome: seen.outcome }, 'saga end');
      case 'ignored':
        return metrics.count('saga_stale_replies_total', { type, reason: seen.reason });
      case 'timer':
        return metrics.observe('saga_timer_lateness_seconds', seen.latenessMs / 1000, { type });
      case 'timer failed':
        return logger.warn({ type, err: seen.error }, 'a saga timer failed and will fire again');
      case 'fenced':
        return metrics.count('saga_fenced_total', { type, step: seen.step });
      default:
        return assertNever(seen);
    }
  };
