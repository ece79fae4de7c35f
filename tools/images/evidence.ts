// What the broker of a compose stack holds: the witness that nothing happened twice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectNats } from '@gts/messaging';
import { z } from 'zod';
import { addressOf, type RunningStack } from './containers.ts';
import { root } from './engine.ts';

const event = z.looseObject({
  type: z.string(),
  aggregate: z.looseObject({ type: z.string(), id: z.string(), version: z.number() }),
});
export type SeenEvent = Readonly<{ stream: string; messageId: string; event: z.output<typeof event> }>;

/** Every domain event in order of its stream. */
export async function eventsOf(stack: RunningStack): Promise<readonly SeenEvent[]> {
  const seed = readFileSync(join(root, 'deploy/compose/secrets/topology-nats-nkey'), 'utf8').trim();
  const nc = await connectNats({ service: 'topology', url: `nats://${addressOf(stack, 'nats')}:4222`, nkey: seed });
  try {
    const jsm = await nc.jetstreamManager();
    const seen: SeenEvent[] = [];
    for await (const { config, state } of jsm.streams.list())
      for (let seq = state.first_seq; config.name.startsWith('EVT_') && seq <= state.last_seq; seq++) {
        const message = await jsm.streams.getMessage(config.name, { seq });
        const messageId = message.header.get('Nats-Msg-Id');
        seen.push({ stream: config.name, messageId, event: event.parse(message.json()) });
      }
    return seen;
  } finally {
    await nc.close();
  }
}

const repeated = (keys: readonly string[]): readonly string[] => [
  ...new Set(keys.filter((key, at) => keys.indexOf(key) !== at)),
];

/** Messages, or versions of an aggregate, that are there twice; shootouts that ended more or less than once. */
export function repetitionFaults(seen: readonly SeenEvent[], shootouts: readonly string[]): readonly string[] {
  const versions = seen.map(({ event: { aggregate } }) => `${aggregate.type} ${aggregate.id} ${aggregate.version}`);
  const ends = (id: string) =>
    seen.filter(({ event: each }) => each.aggregate.id === id && each.type === 'shootouts.ShootoutFinalised').length;
  return [
    ...repeated(seen.map(({ messageId }) => messageId)).map((id) => `message ${id} stands twice`),
    ...repeated(versions).map((version) => `${version} stands twice`),
    ...shootouts.filter((id) => ends(id) !== 1).map((id) => `shootout ${id} was finalised ${ends(id)} times`),
  ];
}
