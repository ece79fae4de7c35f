import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

type Arrived = Readonly<{ url: string | undefined; type: string | undefined; body: string }>;

/** A process of its own: the exporter imports what the module loader of tests does not let it. */
const program = `
  const { inSpan, startTelemetry } = require('@gts/observability');
  const telemetry = startTelemetry({ service: 'a-service', endpoint: process.argv[1], sampleRatio: 1 });
  inSpan('some work', {}, () => Promise.resolve()).then(() => telemetry.stop());
`;

test('spans arrive at the collector with the name of their service, the last ones at the stop', async () => {
  const arrived: Arrived[] = [];
  const collector = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('latin1');
      arrived.push({ url: request.url, type: request.headers['content-type'], body });
      response.end();
    });
  });
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;

  await promisify(execFile)(process.execPath, ['-e', program, `http://127.0.0.1:${port}/`], { cwd: __dirname });
  collector.close();

  expect(arrived).toHaveLength(1);
  expect(arrived[0]).toMatchObject({ url: '/v1/traces', type: 'application/x-protobuf' });
  expect(arrived[0]?.body).toContain('a-service');
  expect(arrived[0]?.body).toContain('some work');
});
