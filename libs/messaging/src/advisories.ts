import { ADVISORY_STREAM, advisoryDurable } from '@gts/contracts';
import { z } from 'zod';
import type { Bus, Delivery, Pull } from './bus';
import { digestOf, messageKey } from './consumer/item';
import { park, type ParkDeps } from './consumer/park';
import { storedDelivery } from './consumer/stored';
import { fault } from './fault';

const MOST = 16;
const AGAIN_MS = 5000;
const REASON = 'ADVISORY';

/** What the broker says of a message that it hands out no more. */
const advisorySchema = z.looseObject({
  type: z.string(),
  stream: z.string(),
  consumer: z.string(),
  stream_seq: z.int(),
  deliveries: z.int(),
});
type Advisory = z.output<typeof advisorySchema>;
export type AdvisoryDeps = ParkDeps & Readonly<{ bus: Pick<Bus, 'consume' | 'message'> }>;

function parsed({ body }: Delivery): Advisory | undefined {
  try {
    return advisorySchema.safeParse(JSON.parse(Buffer.from(body).toString())).data;
  } catch {
    return undefined;
  }
}

/** The message itself becomes a dead letter that is handled again: where its effect is there already, that ends it. */
async function rescue(deps: AdvisoryDeps, advisory: Advisory): Promise<void> {
  const { stream, stream_seq: seq, consumer, deliveries, type } = advisory;
  const original = await deps.bus.message(stream, seq);
  if (!original) return deps.log.error({ consumer, stream, seq }, 'the broker gave up a message that is gone by now');
  const delivery = storedDelivery({ ...original, stream, seq, deliveryCount: deliveries });
  const key = messageKey(delivery, digestOf(delivery));
  const error = new Error(`the broker gave it up after ${deliveries} deliveries: ${type}`);
  await park(deps, { delivery, consumer, key, reason: REASON, error, state: 'redriving' });
}

/**
 * Safety net: durables are made so that the broker never gives up a message. Where somebody changed one it says so,
 * and the message is taken up again.
 */
export function watchAdvisories(deps: AdvisoryDeps) {
  const { service, metrics, log, bus } = deps;
  const durable = advisoryDurable(service);
  const running = new Set<Promise<void>>();
  const handle = async (delivery: Delivery) => {
    const advisory = parsed(delivery);
    // Brokers with one filter a durable send those of others, too.
    if (!advisory?.consumer.startsWith(`${service}__`)) return delivery.ack();
    try {
      await rescue(deps, advisory);
      metrics.count('messaging_advisories_total', { consumer: advisory.consumer });
      delivery.ack();
    } catch (error) {
      log.warn({ consumer: advisory.consumer, ...fault(error) }, 'an advisory waits');
      delivery.nak(AGAIN_MS);
    }
  };
  const onMessage = (delivery: Delivery) => {
    const done = handle(delivery).finally(() => running.delete(done));
    running.add(done);
  };
  let pull: Pull | undefined;
  return {
    start: () => void (pull = bus.consume({ stream: ADVISORY_STREAM, durable, maxMessages: MOST, onMessage })),
    stop: async () => {
      await pull?.stop();
      await Promise.all(running);
    },
  };
}
