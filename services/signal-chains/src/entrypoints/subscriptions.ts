import {
  GearModelAvailable,
  GearModelRejected,
  GearModelUnavailable,
  GearRemoved,
  GearWithdrawn,
  JudgeChains,
  SignalChainCreated,
  SignalChainDeleted,
  SignalChainRestored,
  SignalChainUpdated,
} from '@gts/contracts';
import { type Subscription, on, projection, when } from '@gts/messaging';
import { type ParticipantDeps, participants } from '@gts/saga';
import type { Application } from '../application';

/** What this context listens to. */
export const subscriptions = (
  { reactions, participants: { snapshotChains } }: Application,
  deps: ParticipantDeps,
): readonly Subscription[] => [
  projection('models', {
    from: { context: 'gear-catalog', aggregate: 'GearModel' },
    apply: [
      when(GearModelAvailable, reactions.models.modelAvailable),
      when(GearModelRejected, reactions.models.modelUnusable),
      when(GearModelUnavailable, reactions.models.modelUnusable),
    ],
  }),
  projection('gear', {
    from: { context: 'gear-catalog', aggregate: 'Gear' },
    apply: [when(GearWithdrawn, reactions.models.gearGone), when(GearRemoved, reactions.models.gearGone)],
  }),
  projection('chains-by-model', {
    from: { context: 'signal-chains', aggregate: 'SignalChain' },
    apply: [
      when(SignalChainCreated, reactions.chains.saved),
      when(SignalChainUpdated, reactions.chains.saved),
      when(SignalChainDeleted, reactions.chains.deleted),
      when(SignalChainRestored, reactions.chains.restored),
    ],
  }),
  on(JudgeChains, { name: 'judge-chains', apply: reactions.judge, concurrency: 1 }),
  participants('saga-steps', [snapshotChains], deps),
];
