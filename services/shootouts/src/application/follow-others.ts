import type {
  DataOf,
  ShootoutFinalised,
  ShootoutVisibilityChanged,
  SignalChainCreated,
  SignalChainDeleted,
  SignalChainStatusChanged,
} from '@gts/contracts';
import type { Context, Instant, TenantId } from '@gts/kernel';
import type { ShootoutId } from '../domain/shootout';
import type { ChainNotes, PublicIndex } from './ports';

type Event<D> = Readonly<{ data: D; tenantId: TenantId; occurredAt: Instant }>;

/** The copy of signal-chains that creating a shootout looks at. */
export const followChains = ({ chainNotes }: Readonly<{ chainNotes: ChainNotes }>) => ({
  saved: ({ data: { chainId, name, status } }: Event<DataOf<typeof SignalChainCreated>>, ctx: Context) =>
    chainNotes.note(chainId, { name, status, deleted: false }, ctx),
  statusChanged: ({ data: { chainId, to } }: Event<DataOf<typeof SignalChainStatusChanged>>, ctx: Context) =>
    chainNotes.note(chainId, { status: to }, ctx),
  deleted: ({ data: { chainId } }: Event<DataOf<typeof SignalChainDeleted>>, ctx: Context) =>
    chainNotes.note(chainId, { deleted: true }, ctx),
  restored: ({ data: { chainId } }: Event<DataOf<typeof SignalChainDeleted>>, ctx: Context) =>
    chainNotes.note(chainId, { deleted: false }, ctx),
});

/** The index of what is finished, over all workspaces. */
export const followShootouts = ({ publicIndex }: Readonly<{ publicIndex: PublicIndex }>) => ({
  finalised: ({ data, tenantId, occurredAt }: Event<DataOf<typeof ShootoutFinalised>>, ctx: Context) => {
    const { shootoutId, visibility, title, labels, durationMs, manifestVersion, gearModelIds } = data;
    const facts = { visibility, title, labels, durationMs, manifestVersion, gearModelIds };
    const row = { ...facts, ownerTenantId: tenantId, deleted: false, publishedAt: occurredAt };
    return publicIndex.put(shootoutId, row, ctx);
  },
  visibilityChanged: ({ data: { shootoutId, to } }: Event<DataOf<typeof ShootoutVisibilityChanged>>, ctx: Context) =>
    publicIndex.change(shootoutId, { visibility: to }, ctx),
  deleted: ({ data: { shootoutId } }: Event<{ shootoutId: ShootoutId }>, ctx: Context) =>
    publicIndex.change(shootoutId, { deleted: true }, ctx),
  restored: ({ data: { shootoutId } }: Event<{ shootoutId: ShootoutId }>, ctx: Context) =>
    publicIndex.change(shootoutId, { deleted: false }, ctx),
});
