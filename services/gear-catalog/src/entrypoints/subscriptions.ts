import {
  ShootoutFinalised,
  SignalChainCreated,
  SignalChainDeleted,
  SignalChainRestored,
  SignalChainUpdated,
} from '@gts/contracts';
import { on, projection, type Subscription, when } from '@gts/messaging';
import type { Application } from '../application';

/** What this service listens to; its steps in sagas come with the participant that composition generates. */
export const subscriptions = ({ events }: Application, steps: Subscription): readonly Subscription[] => [
  on(ShootoutFinalised, { name: 'pins', apply: events.pinGearModels }),
  projection('chain-uses', {
    from: { context: 'signal-chains', aggregate: 'SignalChain' },
    apply: [
      when(SignalChainCreated, events.noteChainSaved),
      when(SignalChainUpdated, events.noteChainSaved),
      when(SignalChainDeleted, events.noteChainDeleted),
      when(SignalChainRestored, events.noteChainRestored),
    ],
  }),
  steps,
];
