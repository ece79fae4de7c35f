import { context } from '@gts/contracts';
import { clockOf, errors } from '@gts/kernel';
import type { Msg, NatsConnection } from 'nats';
import { z } from 'zod';
import { busErrors } from '../errors';
import { systemScheduler } from '../ports';
import { createRpcServer } from './server';

const Ask = context('shootouts').query('Ask', {
  version: 1,
  auth: 'public',
  summary: 'Asks for a recording.',
  data: z.strictObject({ name: z.string() }),
  reply: z.strictObject({}),
  example: { name: 'Riff' },
});
const toy = errors('CANARY', {
  TAKEN: { kind: 'rule-violated', summary: 'Taken.', message: (name: string) => `${name} is there already` },
});
const CANARY = 'Riff of Ada';

/** What a server logs while its handler fails with `error`, and what it answers. */
async function refusedWith(error: Error) {
  const lines: string[] = [];
  const write = (fields: unknown, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  type Listen = (error: null, msg: Msg) => void;
  const listeners: Listen[] = [];
  const subscribe = (_subject: string, { callback }: { callback: Listen }) => {
    listeners.push(callback);
    return { drain: () => Promise.resolve() };
  };
  const server = createRpcServer({
    nc: { subscribe } as unknown as NatsConnection,
    service: 'shootouts',
    verifyToken: () => Promise.reject(busErrors.TOKEN_MISSING()),
    clock: clockOf(() => 0),
    scheduler: { ...systemScheduler, after: () => () => undefined },
    log: { debug: write, info: write, warn: write, error: write },
  });
  server.serve(Ask, () => Promise.reject(error));
  const body = await new Promise<string>((resolve) => {
    const respond = (data: Uint8Array) => resolve(Buffer.from(data).toString());
    const string = () => JSON.stringify({ name: CANARY });
    listeners[0]?.(null, { string, respond, subject: 'rpc.shootouts.Ask' } as unknown as Msg);
  });
  return { lines, body };
}

test.each([
  ['a refusal', toy.TAKEN.with({ details: { name: CANARY } }, CANARY), 'CANARY.TAKEN'],
  ['a fault of ours', new Error(CANARY), 'BUS.INTERNAL'],
])('%s is logged once with its code, without what was typed', async (_what, error, code) => {
  const { lines } = await refusedWith(error);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(code);
  expect(lines[0]).not.toContain(CANARY);
});

test('the caller is told the words', async () => {
  expect((await refusedWith(toy.TAKEN(CANARY))).body).toContain(CANARY);
});
