import type { Delivery } from '../bus';

const nothing = () => undefined;

/** A message that was kept somewhere, as if the broker handed it out; there is nothing to acknowledge. */
export const storedDelivery = (of: Omit<Delivery, 'ack' | 'nak' | 'working'>): Delivery => ({
  ...of,
  ack: nothing,
  nak: nothing,
  working: nothing,
});
