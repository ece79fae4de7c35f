import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLogger,
  currentTraceId,
  currentTraceparent,
  inSpan,
  prometheusMetrics,
  startTelemetry,
  type Telemetry,
} from './index';

const file = join(mkdtempSync(join(tmpdir(), 'gts-spans-')), 'spans.jsonl');
let telemetry: Telemetry;
beforeAll(() => {
  telemetry = startTelemetry({ service: 'test', sampleRatio: 1, file });
});

const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

test('a failure passes through a span unchanged', async () => {
  const failure = new Error('no');
  await expect(inSpan('fails', {}, () => Promise.reject(failure))).rejects.toBe(failure);
});

test('secrets never reach a line', () => {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    version: '1',
    level: 'info',
    sink: { write: (line) => void lines.push(line) },
  });
  logger.info({ token: 'canary', headers: { cookie: 'canary', accept: '*/*' } }, 'request');
  expect(lines.join()).not.toContain('canary');
  expect(lines.join()).toContain('*/*');
});

test('metrics appear in the exposition format under their names', async () => {
  const metrics = prometheusMetrics('test');
  metrics.count('messaging_redeliveries_total', { consumer: 'a' });
  metrics.count('messaging_redeliveries_total', { consumer: 'a' }, 2);
  metrics.observe('store_transaction_seconds', 0.003, { outcome: 'ok' });
  const text = await metrics.text();
  expect(text).toContain('messaging_redeliveries_total{consumer="a",service="test"} 3');
  expect(text).toContain('store_transaction_seconds_bucket{le="0.005",service="test",outcome="ok"} 1');
});

test('one trace id runs from the parent through nested spans into the log lines', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    version: '1',
    level: 'info',
    sink: { write: (line) => void lines.push(line) },
  });
  await inSpan('outer', { traceparent }, () =>
    inSpan('inner', {}, async () => {
      logger.info({ sagaId: 's' }, 'working');
      expect(currentTraceId()).toBe('0af7651916cd43dd8448eb211c80319c');
      await Promise.resolve();
      expect(currentTraceparent()).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    }),
  );
  expect(parsed(lines)[0]).toMatchObject({
    service: 'test',
    level: 'info',
    sagaId: 's',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
  });
  await telemetry.stop();
  const spans = parsed(readFileSync(file, 'utf8').trim().split('\n')).slice(-2);
  expect(spans.map((span) => [span['service'], span['name'], span['traceId']])).toEqual([
    ['test', 'inner', '0af7651916cd43dd8448eb211c80319c'],
    ['test', 'outer', '0af7651916cd43dd8448eb211c80319c'],
  ]);
});
