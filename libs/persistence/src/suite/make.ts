import type { Clock } from '@gts/kernel';
import type { Store, StoreOptions } from '../ports';

/** What an adapter may differ in; everything else is the same for all. */
export type Features = Readonly<{
  /** Awaiting something else than the store is noticed at once. */
  foreignAwait: boolean;
}>;
export type Opened = Readonly<{ store: Store; clock: Clock & { advance(ms: number): void } }>;

/** How the suite gets a fresh, empty store; it closes what it opened. */
export type Make = Readonly<{
  name: string;
  features: Features;
  open: (options?: Omit<StoreOptions, 'clock'>) => Promise<Opened>;
}>;

/** Gives each test a store of its own and closes it afterwards. */
export type Fresh = (options?: Parameters<Make['open']>[0]) => Promise<Opened>;
