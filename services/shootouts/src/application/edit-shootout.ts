import type {
  AddToneSelection,
  DataOf,
  RemoveToneSelection,
  RenameToneSelection,
  ReorderToneSelections,
  ReplyOf,
  UpdateShootout,
} from '@gts/contracts';
import type { Context, NewId } from '@gts/kernel';
import { updateShootout as update } from '../domain/edit';
import { addTone, removeTone, renameTone, reorderTones } from '../domain/selections';
import { assertEditable } from '../domain/shootout';
import { diFacts } from './facts';
import type { ChainCatalogue, DITracks, Shootouts } from './ports';
import { shootoutView } from './views';

type Deps = Readonly<{ shootouts: Shootouts; tracks: DITracks; chains: ChainCatalogue; newId: NewId }>;
type Reply = ReplyOf<typeof UpdateShootout>;

export const updateShootout =
  ({ shootouts, tracks }: Deps) =>
  async ({ shootoutId, expectedVersion, ...change }: DataOf<typeof UpdateShootout>, ctx: Context): Promise<Reply> => {
    const { diTrackId } = { ...(await shootouts(ctx).get(shootoutId)), ...change };
    const di = diTrackId === undefined ? undefined : await diFacts(tracks, diTrackId, ctx);
    return shootouts(ctx).update(shootoutId, update(shootoutId, change, di), shootoutView, { expectedVersion });
  };

export const addToneSelection =
  ({ shootouts, tracks, chains, newId }: Deps) =>
  async ({ shootoutId, ...wanted }: DataOf<typeof AddToneSelection>, ctx: Context): Promise<Reply> => {
    const shootout = await shootouts(ctx).get(shootoutId);
    assertEditable(shootout);
    const facts = {
      chains: await chains.lookup([wanted.signalChainId], ctx),
      di: await diFacts(tracks, shootout.diTrackId, ctx),
    };
    const tone = { id: newId<'ToneSelection'>(), ...wanted };
    return shootouts(ctx).update(shootoutId, addTone(shootoutId, tone, facts), shootoutView);
  };

export const removeToneSelection =
  ({ shootouts }: Pick<Deps, 'shootouts'>) =>
  ({ shootoutId, expectedVersion, selectionId }: DataOf<typeof RemoveToneSelection>, ctx: Context): Promise<Reply> =>
    shootouts(ctx).update(shootoutId, removeTone(shootoutId, selectionId), shootoutView, { expectedVersion });

export const renameToneSelection =
  ({ shootouts }: Pick<Deps, 'shootouts'>) =>
  (
    { shootoutId, expectedVersion, selectionId, label }: DataOf<typeof RenameToneSelection>,
    ctx: Context,
  ): Promise<Reply> =>
    shootouts(ctx).update(shootoutId, renameTone(shootoutId, selectionId, label), shootoutView, { expectedVersion });

export const reorderToneSelections =
  ({ shootouts }: Pick<Deps, 'shootouts'>) =>
  ({ shootoutId, expectedVersion, order }: DataOf<typeof ReorderToneSelections>, ctx: Context): Promise<Reply> =>
    shootouts(ctx).update(shootoutId, reorderTones(shootoutId, order), shootoutView, { expectedVersion });
