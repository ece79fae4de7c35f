import {
  type DataOf,
  SignalChainCreated,
  SignalChainDeleted,
  SignalChainRestored,
  SignalChainStatusChanged,
  SignalChainUpdated,
} from '@gts/contracts';
import { assertNever } from '@gts/kernel';
import { type Outgoing, outgoing } from '@gts/messaging';
import type { ChainEvent } from '../domain/events';
import { type SignalChain, gearModelIdsOf } from '../domain/signal-chain';

const saved = (chainId: DataOf<typeof SignalChainCreated>['chainId'], chain: SignalChain) => ({
  chainId,
  name: chain.name,
  status: chain.status,
  contentHash: chain.contentHash,
  gearModelIds: gearModelIdsOf(chain),
});

/** The only bridge from facts of this context to the published language. */
export function toIntegrationEvents(event: ChainEvent, chain: SignalChain): readonly Outgoing[] {
  const { chainId } = event;
  switch (event.type) {
    case 'Saved':
      return [outgoing(event.first ? SignalChainCreated : SignalChainUpdated, saved(chainId, chain))];
    case 'StatusChanged': {
      const { from, to, code } = event;
      return [outgoing(SignalChainStatusChanged, { chainId, from, to, code })];
    }
    case 'Deleted':
      return [outgoing(SignalChainDeleted, { chainId })];
    case 'Restored':
      return [outgoing(SignalChainRestored, { chainId })];
    default:
      return assertNever(event);
  }
}
