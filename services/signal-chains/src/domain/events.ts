import type { Id } from '@gts/kernel';

export type ChainStatus = 'DRAFT' | 'READY' | 'BROKEN';

/** Facts of this context; `to-integration-events.ts` tells others. */
export type ChainEvent = Readonly<
  | { type: 'Saved'; chainId: Id<'SignalChain'>; first: boolean }
  | { type: 'StatusChanged'; chainId: Id<'SignalChain'>; from: ChainStatus; to: ChainStatus; code: string }
  | { type: 'Deleted'; chainId: Id<'SignalChain'> }
  | { type: 'Restored'; chainId: Id<'SignalChain'> }
>;
