import { JudgeChains } from '@gts/contracts';
import { type Outgoing, outgoing } from '@gts/messaging';
import type { Encoder, Store } from '@gts/persistence';
import type { Judging } from '../application/ports';

/** A message to this context itself; it leaves with the unit. */
export const judging = (store: Store, encoder: Encoder<Outgoing>): Judging => ({
  ask: (page, ctx) =>
    store.transaction(ctx, async (unit) => {
      const occurredAt = await unit.now();
      unit.outbox.add(encoder.encode(outgoing(JudgeChains, page), { ctx: unit.ctx, occurredAt }));
    }),
});
