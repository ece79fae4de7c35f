import type { Finding, Id, Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { FileRef } from './file-ref';
import { type ChainLookup, chainFindings } from './findings';
import type { Failure, Shootout, ShootoutDecision, ShootoutId } from './shootout';

export type RunInputs = Readonly<{
  runId: Id<'Run'>;
  actorUserId: Id<'User'>;
  chains: ChainLookup;
  di: Readonly<{ audio: FileRef; frames: number }> | undefined;
}>;

const rendering = ({ status }: Shootout): boolean => status === 'PENDING' || status === 'PROCESSING';
const waitsFor = (shootout: Shootout, runId: Id<'Run'>): boolean => rendering(shootout) && shootout.runId === runId;
const unchanged = (state: Shootout): ShootoutDecision => ({ state, events: [] });

function assertReady({ selections }: Shootout, { chains, di }: RunInputs): void {
  const errors: Finding[] = chainFindings(selections, chains).map((each) => ({ ...each, code: 'chain-not-ready' }));
  const wrong = selections.filter(({ signalChainId }) => chains(signalChainId)?.status !== 'READY');
  if (errors.length > 0)
    throw refuse.CHAIN_NOT_READY.with({ details: { errors } }, wrong.map(({ label }) => label).join(', '));
  if (!di) throw refuse.DI_UNAVAILABLE();
}

/** Starts a run: the only way into PENDING. */
export const requestRender =
  (shootoutId: ShootoutId, inputs: RunInputs) =>
  (shootout: Shootout): ShootoutDecision => {
    const { status, renderVersion } = shootout;
    if (status !== 'DRAFT' && status !== 'FAILED') throw refuse.SHOOTOUT_NOT_RENDERABLE(status);
    assertReady(shootout, inputs);
    const { runId, actorUserId, di } = inputs;
    if (!di) throw refuse.DI_UNAVAILABLE();
    const { failure: _, ...rest } = shootout;
    return {
      state: { ...rest, status: 'PENDING', renderVersion: renderVersion + 1, runId },
      events: [{ type: 'RenderRequested', shootoutId, runId, actorUserId, di }],
    };
  };

/** The run left the queue; ignored elsewhere than in PENDING. */
export const startRender =
  (shootoutId: ShootoutId, runId: Id<'Run'>) =>
  (shootout: Shootout): ShootoutDecision => {
    if (shootout.status !== 'PENDING' || shootout.runId !== runId) return unchanged(shootout);
    return { state: { ...shootout, status: 'PROCESSING' }, events: [{ type: 'RenderStarted', shootoutId, runId }] };
  };

export const cancelRender =
  (shootoutId: ShootoutId) =>
  (shootout: Shootout): ShootoutDecision => {
    const { status, runId } = shootout;
    if (status === 'COMPLETED') throw refuse.ALREADY_FINALISED();
    if (!rendering(shootout) || runId === undefined) throw refuse.NOTHING_TO_CANCEL();
    return { state: shootout, events: [{ type: 'CancelRequested', shootoutId, runId }] };
  };

/** The last undo of a run: why it ended, where people see it. A run that the shootout forgot changes nothing. */
export const failRun =
  (runId: Id<'Run'>, failure: Failure) =>
  (shootout: Shootout): ShootoutDecision =>
    unchanged(waitsFor(shootout, runId) ? { ...shootout, status: 'FAILED', failure } : shootout);

export type Finalised = Readonly<{
  runId: Id<'Run'>;
  manifestVersion: number;
  manifestSha256: string;
  blockedGearModelIds: readonly Id<'GearModel'>[];
  now: Instant;
}>;

/** @throws SHOOTOUT.RUN_UNKNOWN when the results belong to another run */
export function assertWaitsFor(shootout: Shootout, runId: Id<'Run'>): void {
  if (!waitsFor(shootout, runId)) throw refuse.RUN_UNKNOWN();
}

/** The pivot: COMPLETED, private where a licence forbids more. */
export const finaliseRun =
  ({ runId, now: publishedAt, blockedGearModelIds, ...manifest }: Finalised) =>
  (shootout: Shootout): ShootoutDecision => {
    assertWaitsFor(shootout, runId);
    const visibility = blockedGearModelIds.length > 0 ? 'private' : shootout.visibility;
    return unchanged({ ...shootout, ...manifest, status: 'COMPLETED', visibility, blockedGearModelIds, publishedAt });
  };
