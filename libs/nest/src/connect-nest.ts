import type { DynamicModule, INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { JetStreamStrategy } from './jetstream.strategy';
import { PassThroughFilter } from './pass-through.filter';
import type { RpcStrategy } from './rpc.strategy';

export type Strategies = Readonly<{ requests: RpcStrategy; streams: JetStreamStrategy }>;
export type Nest = Strategies & Readonly<{ listen: () => Promise<void>; close: () => Promise<void> }>;

/** One Nest microservice a transport; none of HTTP, which only the gateway serves. */
export async function connectNest(module: DynamicModule, strategies: Strategies): Promise<Nest> {
  const apps: INestMicroservice[] = [];
  for (const strategy of [strategies.requests, strategies.streams]) {
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, { strategy, logger: ['error'] });
    apps.push(app.useGlobalFilters(new PassThroughFilter()));
  }
  return {
    ...strategies,
    listen: async () => void (await Promise.all(apps.map((app) => app.listen()))),
    close: async () => void (await Promise.all(apps.map((app) => app.close()))),
  };
}
