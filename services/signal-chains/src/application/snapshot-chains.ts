import { ChainSnapshotRefused, ChainsSnapshotted, type DataOf, SnapshotChains } from '@gts/contracts';
import type { Context, Id } from '@gts/kernel';
import type { Stored } from '@gts/persistence';
import { done, failed, participant, type Outcome } from '@gts/saga';
import { refuse } from '../domain/errors';
import type { SignalChain } from '../domain/signal-chain';
import type { Chains } from './ports';
import { chainView } from './views';

type Command = DataOf<typeof SnapshotChains>;
type Found = readonly Readonly<{ chainId: Id<'SignalChain'>; chain: Stored<SignalChain> | undefined }>[];

async function find({ chainIds }: Command, chains: ReturnType<Chains>): Promise<Found> {
  const found = [];
  for (const chainId of chainIds) found.push({ chainId, chain: await chains.find(chainId) });
  return found;
}

const codeOf = ({ chain }: Found[number]): string | undefined => {
  if (!chain) return refuse.UNKNOWN.code;
  return chain.status === 'READY' ? undefined : refuse.NOT_READY.code;
};

function refusalOf(found: Found): Omit<DataOf<typeof ChainSnapshotRefused>, 'runId'> | undefined {
  const errors = found.flatMap((each) => {
    const code = codeOf(each);
    return code === undefined ? [] : [{ chainId: each.chainId, code }];
  });
  const [first] = errors;
  return first && { code: first.code, retryable: false, errors };
}

function snapshotOf({ chainId, chain }: Found[number]) {
  if (!chain) throw refuse.UNKNOWN();
  const { version, name, blocks } = chainView(chain);
  return { chainId, chainVersion: version, name, blocks };
}

/** Fixes the chains of one run: a value, so nothing has to be undone. */
export const snapshotChains = ({ chains }: { chains: Chains }) =>
  participant(SnapshotChains, {
    do: async ({ data }, ctx: Context): Promise<Outcome> => {
      const found = await find(data, chains(ctx));
      const refusal = refusalOf(found);
      if (refusal) return failed(ChainSnapshotRefused, { runId: data.runId, ...refusal });
      return done(ChainsSnapshotted, { runId: data.runId, snapshots: found.map(snapshotOf) });
    },
    refused: ({ code }, { data }) =>
      failed(ChainSnapshotRefused, { runId: data.runId, code, retryable: false, errors: [] }),
  });
