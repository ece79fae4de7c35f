import type { SagaId } from '@gts/kernel';
import { prometheusMetrics, silentLogger } from '@gts/observability';
import { sagaObserver } from './saga-observer';

test('an end is counted by outcome and logged once; what is ignored is only counted', async () => {
  const lines: object[] = [];
  const metrics = prometheusMetrics('test');
  const observe = sagaObserver({ logger: { ...silentLogger, info: (fields) => void lines.push(fields) }, metrics });
  const type = 'render-shootout';
  const sagaId = 's' as SagaId;
  observe({ fact: 'started', type, sagaId });
  observe({ fact: 'ignored', type, reason: 'unknown' });
  observe({ fact: 'timer', type, kind: 'timeout', latenessMs: 40 });
  observe({ fact: 'finished', type, sagaId, outcome: 'completed' });
  expect(lines).toEqual([{ type, sagaId, outcome: 'completed' }]);
  const text = await metrics.text();
  expect(text).toContain('saga_finished_total{type="render-shootout",outcome="completed",service="test"} 1');
  expect(text).toContain('saga_stale_replies_total{type="render-shootout",reason="unknown",service="test"} 1');
});
