import type { DataOf, MessageDef } from '@gts/contracts';

/** A message on its way into the outbox: what `to-integration-events.ts` answers. */
export type Outgoing<D extends MessageDef = MessageDef> = Readonly<{ message: D; data: DataOf<D> }>;

/** Pairs a definition with data of exactly its type. */
export const outgoing = <D extends MessageDef>(message: D, data: DataOf<D>): Outgoing => ({ message, data });
