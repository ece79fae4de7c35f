import 'reflect-metadata';
import { context, id } from '@gts/contracts';
import { type Context, DomainError } from '@gts/kernel';
import type { Consumers, RpcHandler, RpcServer, Subscription } from '@gts/messaging';
import { Controller, Inject, Module } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { APPLICATION, Handles, Subscribe } from './handles';
import { connectNest } from './connect-nest';
import { JetStreamStrategy } from './jetstream.strategy';
import { RpcStrategy } from './rpc.strategy';

const toy = context('shootouts');
const data = z.strictObject({ toneId: id('Tone') });
const example = { toneId: '00000000-0000-7000-8000-000000000001' as never };
const reply = z.string();
const AddTone = toy.command('AddTone', {
  mode: 'request',
  version: 1,
  auth: 'public',
  summary: '',
  data,
  reply,
  example,
});
const ToneAdded = toy.event('ToneAdded', { aggregate: 'Tone', version: 1, summary: '', data, example });
const refusal = new DomainError({ kind: 'rule-violated', code: 'SHOOTOUT.NO', message: 'no' });

@Controller()
class ToyController {
  constructor(@Inject(APPLICATION) private readonly seen: string[]) {}

  @Handles(AddTone)
  addTone(@Payload() { toneId }: { toneId: string }, @Ctx() ctx: Context) {
    if (toneId === 'refused') throw refusal;
    return `${ctx.correlationId} ${toneId}`;
  }

  @Subscribe(ToneAdded, 'notes')
  note() {
    this.seen.push('note');
    if (this.seen.length === 1) throw new Error('the first try fails');
  }
}
@Module({})
class ToyModule {}

async function booted() {
  const seen: string[] = [];
  const handlers = new Map<string, RpcHandler>();
  const server: RpcServer = {
    serve: (def, handler) => void handlers.set(def.name, handler),
    stop: () => Promise.resolve(),
  };
  let taken: readonly Subscription[] = [];
  const idle: Consumers = {
    consumers: new Map(),
    start: () => undefined,
    stop: () => Promise.resolve(),
    live: () => true,
  };
  const consume = (subscriptions: readonly Subscription[]) => {
    taken = subscriptions;
    return idle;
  };
  const module = {
    module: ToyModule,
    controllers: [ToyController],
    providers: [{ provide: APPLICATION, useFactory: () => seen }],
  };
  const { listen, close } = await connectNest(module, {
    requests: new RpcStrategy(server, 0),
    streams: new JetStreamStrategy({ subscriptions: [], consume, graceMs: 0 }),
  });
  await listen();
  return { close, seen, call: handlers.get('AddTone'), subscription: taken[0] };
}

test('a request reaches its method with data and context, and the original error comes back', async () => {
  const { close, call } = await booted();
  const ctx = { correlationId: 'c' } as Context;
  expect(await call?.({ toneId: 't' } as never, ctx)).toBe('c t');
  await expect(call?.({ toneId: 'refused' } as never, ctx)).rejects.toBe(refusal);
  await close();
});

test('a failing subscriber fails the message, so that it comes again', async () => {
  const { close, seen, subscription } = await booted();
  if (subscription?.kind !== 'handler') throw new Error('the subscriber was not taken over');
  expect(subscription.name).toBe('notes');
  await expect(subscription.apply({} as never, {} as never, undefined)).rejects.toThrow('the first try fails');
  await subscription.apply({} as never, {} as never, undefined);
  expect(seen).toEqual(['note', 'note']);
  await close();
});
