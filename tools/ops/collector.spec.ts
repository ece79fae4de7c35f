import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeIn } from './compose-file.ts';
import { root } from './run-program.ts';

const text = (file: string) => readFileSync(join(root, file), 'utf8');
const collector = z.looseObject({
  receivers: z.looseObject({
    otlp: z.looseObject({ protocols: z.looseObject({ http: z.looseObject({ endpoint: z.string() }) }) }),
  }),
});

test('the address of the observability profile is where the collector listens', () => {
  const told = /OTEL_EXPORTER_OTLP_ENDPOINT=(\S+) docker-compose --profile observability up/.exec(
    text('deploy/README.md'),
  );
  const { receivers } = collector.parse(parse(text('deploy/observability/collector.yaml')));
  const port = receivers.otlp.protocols.http.endpoint.split(':').at(-1);
  expect(told?.[1]).toBe(`http://collector:${port}`);
  expect(composeIn('docker-compose.yml').services['collector']?.['profiles']).toEqual(['observability']);
});

test('every service takes the address from who starts the stack', () => {
  const raw = parse(text('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { environment?: object }>;
  };
  const taken = Object.values(raw.services).flatMap(({ environment = {} }) => {
    const settings = environment as Record<string, string>;
    return 'INTERNAL_SIGNING_KEY_FILE' in settings ? [settings['OTEL_EXPORTER_OTLP_ENDPOINT']] : [];
  });
  expect(taken).toHaveLength(6);
  expect(new Set(taken)).toEqual(new Set(['${OTEL_EXPORTER_OTLP_ENDPOINT:-}']));
});
