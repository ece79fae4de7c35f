import type { CreateShootout, DataOf, ReplyOf } from '@gts/contracts';
import type { Context, NewId } from '@gts/kernel';
import { assertNone, chainFindings, diFindings, toneFindings } from '../domain/findings';
import { selectionsOf } from '../domain/selections';
import { openShootout } from '../domain/shootout';
import { diFacts } from './facts';
import type { ChainCatalogue, DITracks, Shootouts } from './ports';
import { shootoutView } from './views';

type Deps = Readonly<{ shootouts: Shootouts; tracks: DITracks; chains: ChainCatalogue; newId: NewId }>;

/** All or nothing: every finding in one answer. */
export const createShootout =
  ({ shootouts, tracks, chains, newId }: Deps) =>
  async (data: DataOf<typeof CreateShootout>, ctx: Context): Promise<ReplyOf<typeof CreateShootout>> => {
    const { selections: wanted, visibility = 'private', ...fields } = data;
    const lookup = await chains.lookup(
      wanted.map(({ signalChainId }) => signalChainId),
      ctx,
    );
    const named = wanted.map((each) => ({ id: newId<'ToneSelection'>(), ...each }));
    const selections = selectionsOf(named, (id) => lookup(id)?.name ?? '');
    const di = await diFacts(tracks, fields.diTrackId, ctx);
    const content = { selections, excerpt: fields.excerpt };
    assertNone([...toneFindings(selections), ...chainFindings(selections, lookup), ...diFindings(content, di)]);
    const shootoutId = newId<'Shootout'>();
    const opened = { ...fields, selections, visibility, ownerId: ctx.actor.id };
    return shootouts(ctx).create(shootoutId, openShootout(shootoutId, opened), shootoutView);
  };
