import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Readiness, serves } from './readiness';

export type OpsServer = Readonly<{ port: number; close(): Promise<void> }>;
type Deps = Readonly<{
  host: string;
  port: number;
  readiness: Readiness;
  live: () => boolean;
  metrics: () => Promise<string>;
}>;
type Answer = Readonly<{ status: number; type: string; body: string }>;

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

async function answer(path: string, { readiness: state, live, metrics }: Deps): Promise<Answer> {
  if (path === '/health/live') return json(live() ? 200 : 503, { live: live() });
  if (path === '/health/ready') {
    const report = state.report();
    return json(serves(report) ? 200 : 503, report);
  }
  if (path === '/metrics') return { status: 200, type: 'text/plain; version=0.0.4', body: await metrics() };
  return json(404, { error: 'try /health/live, /health/ready or /metrics' });
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Health and metrics of a process; up before anything else, so that a service that waits can say for what. */
export async function startOpsServer(deps: Deps): Promise<OpsServer> {
  const server = createServer((request, response) => {
    void answer(request.url?.split('?')[0] ?? '/', deps).then(({ status, type, body }) =>
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
    );
  }).listen(deps.port, deps.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}
