import { GetSignalChains } from '@gts/contracts';
import type { Context, Id } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import type { Store } from '@gts/persistence';
import type { ChainCatalogue, ChainNote, ChainNotes } from '../application/ports';
import type { ChainFacts } from '../domain/findings';
import { chainDocuments } from './collections';

type ChainIds = readonly Id<'SignalChain'>[];

async function known(store: Store, ids: ChainIds, ctx: Context): Promise<Map<string, ChainNote>> {
  const chains = store.collection(chainDocuments, ctx);
  const notes = new Map<string, ChainNote>();
  for (const id of ids) {
    const note = await chains.find(id);
    if (note) notes.set(id, note);
  }
  return notes;
}

/** The copy of signal-chains, and signal-chains itself for what has not arrived yet. */
export const chainCatalogue = ({ store, rpc }: { store: Store; rpc: RpcClient }): ChainCatalogue => ({
  lookup: async (wanted, ctx) => {
    const ids = [...new Set(wanted)];
    const notes = await known(store, ids, ctx);
    // A copy that says DRAFT or BROKEN may be late: the owner has the last word before people are refused.
    const doubtful = ids.filter((id) => notes.get(id)?.status !== 'READY');
    const facts = new Map<string, ChainFacts>([...notes].filter(([, { deleted }]) => !deleted));
    if (doubtful.length > 0) {
      // A question inside a command is no command: it must not carry the command's id.
      const asker = { ...ctx, commandId: undefined };
      const { items } = await rpc.call(GetSignalChains, { signalChainIds: doubtful.slice(0, 100) }, asker);
      for (const { id, name, status } of items) facts.set(id, { name, status });
    }
    return (id) => facts.get(id);
  },
});

export const chainNotes = (store: Store): ChainNotes => ({
  note: (chainId, part, ctx) =>
    store.transaction(ctx, async (unit) => {
      const chains = unit.collection(chainDocuments);
      const before = (await chains.find(chainId)) ?? { name: '', status: 'DRAFT' as const, deleted: false };
      const { name, status, deleted } = { ...before, ...part };
      await chains.put(chainId, { name, status, deleted });
    }),
});
