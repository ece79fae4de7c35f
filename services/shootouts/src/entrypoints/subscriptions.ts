import {
  ChainsSnapshotted,
  DIInspected,
  DIRejected,
  GearModelsHeld,
  RenderEnrichmentFailed,
  RenderJobCompleted,
  RenderJobEnriched,
  RenderJobStarted,
  ShootoutDeleted,
  ShootoutFailed,
  ShootoutFinalised,
  ShootoutRestored,
  ShootoutVisibilityChanged,
  SignalChainCreated,
  SignalChainDeleted,
  SignalChainRestored,
  SignalChainStatusChanged,
  SignalChainUpdated,
} from '@gts/contracts';
import { type Subscription, on, projection, when } from '@gts/messaging';
import { type ParticipantDeps, type SagaHost, participants } from '@gts/saga';
import type { Application } from '../application';

type Reactions = Application['reactions'];

const projections = ({ chains, shootouts }: Reactions): readonly Subscription[] => [
  projection('chains', {
    from: { context: 'signal-chains', aggregate: 'SignalChain' },
    apply: [
      when(SignalChainCreated, chains.saved),
      when(SignalChainUpdated, chains.saved),
      when(SignalChainStatusChanged, chains.statusChanged),
      when(SignalChainDeleted, chains.deleted),
      when(SignalChainRestored, chains.restored),
    ],
  }),
  projection('public-index', {
    from: { context: 'shootouts', aggregate: 'Shootout' },
    apply: [
      when(ShootoutFinalised, shootouts.finalised),
      when(ShootoutVisibilityChanged, shootouts.visibilityChanged),
      when(ShootoutDeleted, shootouts.deleted),
      when(ShootoutRestored, shootouts.restored),
    ],
  }),
];

const handlers = ({ run, enrichment, inspected, rejected }: Reactions): readonly Subscription[] => [
  on(DIInspected, { name: 'di-inspected', ...inspected }),
  on(DIRejected, { name: 'di-rejected', ...rejected }),
  on(ChainsSnapshotted, { name: 'run-snapshotted', apply: run.snapshotted }),
  on(GearModelsHeld, { name: 'run-held', apply: run.held }),
  on(RenderJobStarted, { name: 'run-started', apply: run.started }),
  on(RenderJobCompleted, { name: 'run-rendered', prepare: run.keepOutputs, apply: run.rendered }),
  on(RenderJobEnriched, { name: 'run-enriched', ...enrichment.enriched }),
  on(RenderEnrichmentFailed, { name: 'run-not-enriched', apply: enrichment.notEnriched }),
  on(ShootoutFailed, { name: 'run-failed', prepare: run.dropOutputs, apply: run.failed }),
];

/** What this context listens to. */
export const subscriptions = (
  { reactions, participants: { finaliseShootout, failShootout } }: Application,
  deps: ParticipantDeps,
  host: SagaHost,
): readonly Subscription[] => [
  ...projections(reactions),
  ...handlers(reactions),
  participants('saga-steps', [finaliseShootout, failShootout], deps),
  host.subscription,
];
