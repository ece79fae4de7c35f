import type { DataOf, ListSignalChains, ReplyOf } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import { refuse } from '../domain/errors';
import type { ListChains } from './ports';
import { chainView } from './views';

export const listSignalChains =
  ({ listChains }: { listChains: ListChains }) =>
  async (filter: DataOf<typeof ListSignalChains>, ctx: Context): Promise<ReplyOf<typeof ListSignalChains>> => {
    if (filter.includeDeleted && !ctx.scopes.includes('ops')) throw refuse.NOT_PERMITTED();
    const { items, next } = await listChains(filter, ctx);
    return { items: items.map(chainView), next };
  };
