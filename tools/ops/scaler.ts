// KEDA's nats-jetstream scaler in short, so that what it would do can be tried on a real broker (operations.md §5).
import { z } from 'zod';

const jsz = z.looseObject({
  account_details: z
    .array(
      z.looseObject({
        name: z.string(),
        stream_detail: z
          .array(
            z.looseObject({
              name: z.string(),
              consumer_detail: z
                .array(z.looseObject({ name: z.string(), num_pending: z.int(), num_ack_pending: z.int() }))
                .default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});
export const trigger = z.looseObject({
  minReplicaCount: z.int(),
  maxReplicaCount: z.int(),
  triggers: z
    .array(
      z.looseObject({
        metadata: z.looseObject({
          account: z.string(),
          stream: z.string(),
          consumer: z.string(),
          lagThreshold: z.coerce.number().int().positive(),
        }),
      }),
    )
    .length(1),
});
type Trigger = z.output<typeof trigger>;

/** Messages that wait and those that are worked on, as the monitor tells; undefined where there is no such durable. */
function lagOf(monitor: unknown, { account, stream, consumer }: Trigger['triggers'][number]['metadata']) {
  const found = jsz
    .parse(monitor)
    .account_details.find(({ name }) => name === account)
    ?.stream_detail.find(({ name }) => name === stream)
    ?.consumer_detail.find(({ name }) => name === consumer);
  return found && found.num_pending + found.num_ack_pending;
}

/** Replicas for what `/jsz?consumers=1&config=1` says. @throws Error where the durable is missing */
export function replicasFor(monitor: unknown, { triggers, minReplicaCount: least, maxReplicaCount: most }: Trigger) {
  const [only] = triggers;
  const lag = only && lagOf(monitor, only.metadata);
  if (!only || lag === undefined) throw new Error('the durable does not exist: KEDA falls back to a fixed number');
  return Math.min(most, Math.max(least, Math.ceil(lag / only.metadata.lagThreshold)));
}
