import { SYSTEM_TENANT } from '@gts/kernel';
import type { Outgoing } from '@gts/messaging';
import type { Encoder } from '@gts/persistence';

/**
 * Facts about people and workspaces belong to no workspace: whoever caused them, they are published for the system,
 * so that all events of one person share a partition and stay in order.
 */
export const systemFacts = (encoder: Encoder<Outgoing>): Encoder<Outgoing> => ({
  numbered: (message) => encoder.numbered(message),
  encode: (message, meta) => encoder.encode(message, { ...meta, ctx: { ...meta.ctx, tenantId: SYSTEM_TENANT } }),
});
