import type { Clock } from '@gts/kernel';
import { createSignalChain } from './application/create-signal-chain';
import { deleteSignalChain } from './application/delete-signal-chain';
import type { DraftingDeps } from './application/drafting';
import { duplicateSignalChain } from './application/duplicate-signal-chain';
import { followChains, followModels, judgeChains } from './application/follow-models';
import { getSignalChain } from './application/get-signal-chain';
import { getSignalChains } from './application/get-signal-chains';
import { listEffects } from './application/list-effects';
import { listSignalChains } from './application/list-signal-chains';
import type { ChainUses, Chains, Judging, ListChains, ModelNotes } from './application/ports';
import { restoreSignalChain } from './application/restore-signal-chain';
import { snapshotChains } from './application/snapshot-chains';
import { updateSignalChain } from './application/update-signal-chain';
import { validateChain } from './application/validate-chain';

export type Deps = DraftingDeps &
  Readonly<{
    chains: Chains;
    notes: ModelNotes;
    uses: ChainUses;
    judging: Judging;
    listChains: ListChains;
    clock: Clock;
  }>;

/** Everything that signal-chains does. */
export const createApplication = (deps: Deps) => ({
  commands: {
    createSignalChain: createSignalChain(deps),
    updateSignalChain: updateSignalChain(deps),
    duplicateSignalChain: duplicateSignalChain(deps),
    deleteSignalChain: deleteSignalChain(deps),
    restoreSignalChain: restoreSignalChain(deps),
  },
  queries: {
    listSignalChains: listSignalChains(deps),
    getSignalChain: getSignalChain(deps),
    getSignalChains: getSignalChains(deps),
    validateChain: validateChain(deps),
    listEffects: listEffects(),
  },
  reactions: { models: followModels(deps), chains: followChains(deps), judge: judgeChains(deps) },
  participants: { snapshotChains: snapshotChains(deps) },
});
export type Application = ReturnType<typeof createApplication>;
