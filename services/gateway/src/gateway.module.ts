import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { type ArgumentsHost, type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { APPLICATION } from '@gts/nest';
import { routes } from './application';
import type { Ports } from './application/ports';
import { Limiter } from './application/rate-limits';
import { webRoute } from './application/routes/web-route';
import { answerUnrouted, serve } from './entrypoints/edge';
import { openedAhead } from './entrypoints/opened-ahead';
import { Recent } from './entrypoints/recent';
import { KEEP_ALIVE_MS, serverOptions } from './entrypoints/server-options';

/** The Nest side of the edge; its routes come from the table in `application.ts`. */
@Module({})
class GatewayModule {
  static with(ports: Ports): DynamicModule {
    return { module: GatewayModule, providers: [{ provide: APPLICATION, useFactory: () => ports }] };
  }
}

export type Listening = Readonly<{
  port: number;
  /** Ends the streams, and connections with their next answer: clients go elsewhere. Requests are still served. */
  leave(): void;
  close(): Promise<void>;
}>;

/** Opens the edge on an address; port 0 takes any. */
export async function listen(ports: Ports, { host, port }: { host: string; port: number }): Promise<Listening> {
  const nowMs = () => ports.clock.epochMs();
  let leaving = false;
  const edge = { ports, limiter: new Limiter(nowMs), costly: new Recent(nowMs) };
  const adapter = new FastifyAdapter(serverOptions(edge));
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.with(ports), adapter, {
    bodyParser: false,
    logger: false,
  });
  // Targets that the router does not even look at, such as `OPTIONS *`.
  app.useGlobalFilters({
    catch: (_error: unknown, host_: ArgumentsHost) => {
      const http = host_.switchToHttp();
      return answerUnrouted(http.getRequest(), http.getResponse(), edge);
    },
  });
  // Whoever keeps connections is to take the next one to another replica; also who asked before we had to leave.
  adapter.getInstance().addHook('onSend', (_request, reply) => {
    if (leaving) reply.header('connection', 'close');
    return Promise.resolve();
  });
  await adapter.getInstance().register(serve(routes, webRoute, edge));
  const server = app.getHttpServer();
  const ahead = openedAhead(server, KEEP_ALIVE_MS);
  await app.listen(port, host);
  return {
    port: (server.address() as AddressInfo).port,
    leave() {
      leaving = true;
      ports.streams.closeAll();
    },
    async close() {
      // Of readers who came back while this process was draining.
      ports.streams.closeAll();
      server.closeIdleConnections();
      ahead.close();
      await app.close();
    },
  };
}
