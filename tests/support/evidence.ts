import { readFileSync } from 'node:fs';
import { connectNats } from '@gts/messaging';
import type { JetStreamManager, NatsConnection } from 'nats';
import { eventually } from './eventually';
import { documentRows, outboxRows } from './store-rows';
import type { Stack } from './stack';

const SERVICES = ['identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering'];

export type Sent = Readonly<{
  service: string;
  id: string;
  type: string;
  state: string;
  stream: string;
  msgId: string;
}>;
export type Row = Readonly<{ id: string; body: Readonly<Record<string, unknown>> }>;

/** The documents of one collection, as the store holds them. */
export const documents = (dataDir: string, service: string, name: string): Row[] =>
  documentRows(dataDir, service, name).map(({ id, body }) => ({ id, body: JSON.parse(body) as Row['body'] }));

/** Everything that any service ever committed to send. */
export const outboxes = (dataDir: string): Sent[] =>
  SERVICES.flatMap((service) =>
    outboxRows(dataDir, service).map(({ headers, ...row }) => {
      const { 'Gts-Type': type = 'dead letter', 'Nats-Msg-Id': msgId = '' } = JSON.parse(headers) as Record<
        string,
        string
      >;
      return { ...row, service, type, msgId };
    }),
  );

export const countTypes = (sent: readonly Sent[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { type } of sent.toSorted((a, b) => (a.type < b.type ? -1 : 1))) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
};

export const deadLetters = (dataDir: string): Record<string, unknown>[] =>
  SERVICES.flatMap((service) => documents(dataDir, service, 'dead_letters').map(({ body }) => body));

/** The broker's side: streams as they are, and whether anything is still on its way. */
export class Broker {
  private constructor(
    private readonly nc: NatsConnection,
    private readonly jsm: JetStreamManager,
    private readonly dataDir: string,
  ) {}

  /** The broker of a running stack, as the user who may look at everything. */
  static async connect({ facts, dataDir }: Pick<Stack, 'facts' | 'dataDir'>): Promise<Broker> {
    const { natsUrl: url, natsSeedFile: seed } = facts();
    const nc = await connectNats({ service: 'topology', url, nkey: seed && readFileSync(seed, 'utf8') });
    return new Broker(nc, await nc.jetstreamManager(), dataDir);
  }

  close = (): Promise<void> => this.nc.close();

  private async streams(): Promise<string[]> {
    const found: string[] = [];
    for await (const { config } of this.jsm.streams.list()) found.push(config.name);
    return found.filter((name) => /^(EVT_|CMD_|DLQ)/.test(name));
  }

  /** What some consumer has not done with, and outbox rows that wait. */
  private async onTheWay(): Promise<string[]> {
    const waiting = outboxes(this.dataDir).filter(({ state }) => state === 'pending');
    const found = waiting.map(({ service, type }) => `${service} has not sent ${type}`);
    for (const stream of await this.streams())
      for await (const { name, num_pending: pending, num_ack_pending: open } of this.jsm.consumers.list(stream))
        if (pending + open > 0) found.push(`${name}: ${pending} waiting, ${open} open`);
    return found;
  }

  /** Resolves once every message was sent and acknowledged by everybody who wanted it. */
  quiet = (): Promise<string[]> =>
    eventually(
      () => this.onTheWay(),
      (found) => found.length === 0,
      { everyMs: 150 },
    );

  /** `Nats-Msg-Id` of every message in every stream, in order. */
  async messageIds(): Promise<string[]> {
    const ids: string[] = [];
    for (const stream of await this.streams()) {
      const { state } = await this.jsm.streams.info(stream);
      for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++)
        ids.push((await this.jsm.streams.getMessage(stream, { seq })).header.get('Nats-Msg-Id'));
    }
    return ids;
  }
}
