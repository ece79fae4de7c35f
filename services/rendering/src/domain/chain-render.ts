import type { Decision } from '@gts/kernel';
import { refuse } from './errors';
import type { Failure } from './failure';
import type { ChainOutcome, ChainStatus } from './render-job';

/** The work on one tone: its row counts attempts, so that a crash counts too. */
export type ChainRender = Readonly<{
  runId: string;
  toneId: string;
  epoch: number;
  status: ChainStatus;
  attempt: number;
  owner?: string | undefined;
  startedAt?: string | undefined;
  lastFault?: Failure | undefined;
}>;
export type ChainClaim = Readonly<{ attempt: number; epoch: number }>;
type ChainDecision = Decision<ChainRender, never>;

export const queueChain = (runId: string, toneId: string, epoch: number): ChainDecision => ({
  state: { runId, toneId, epoch, status: 'queued', attempt: 0 },
  events: [],
});

export const isWanted = ({ status, epoch }: ChainRender, asked: number): boolean =>
  epoch === asked && (status === 'queued' || status === 'running');

/** Taken by a worker; a running one is taken over from an owner that went away. */
export const claimChain =
  (owner: string, startedAt: string) =>
  (chain: ChainRender): ChainDecision => ({
    state: { ...chain, status: 'running', owner, startedAt, attempt: chain.attempt + 1 },
    events: [],
  });

/**
 * Only the claim that is still the newest may end the row: a zombie's result is dropped. False once nobody wants it.
 * @throws RENDERING.FENCED when a newer claim works on it, so that the zombie settles no message of that claim
 */
export function isMine(chain: ChainRender, { attempt, epoch }: ChainClaim): boolean {
  if (!isWanted(chain, epoch)) return false;
  if (chain.status !== 'running' || chain.attempt !== attempt) throw refuse.FENCED('the tone');
  return true;
}

export const endChain =
  (outcome: ChainOutcome) =>
  (chain: ChainRender): ChainDecision => ({ state: { ...chain, status: outcome.status }, events: [] });

/**
 * Back into the queue after a fault, or with its attempt given back because the replica stops; nothing once nobody
 * wants it. @throws RENDERING.FENCED as `isMine`: a zombie's fault must not cost the new owner its result
 */
export const requeueChain =
  (claim: ChainClaim, fault: Failure | 'released') =>
  (chain: ChainRender): ChainDecision => {
    if (!isMine(chain, claim)) return { state: chain, events: [] };
    const noted = fault === 'released' ? { attempt: chain.attempt - 1 } : { lastFault: fault };
    return { state: { ...chain, status: 'queued', ...noted }, events: [] };
  };

export const cancelChain = (chain: ChainRender): ChainDecision => ({
  state: { ...chain, status: 'cancelled' },
  events: [],
});
