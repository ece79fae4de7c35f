import type { GearLookup } from '@gts/chain-rules';
import type { DataOf, JudgeChains } from '@gts/contracts';
import type { Context, Id, Page, TenantId } from '@gts/kernel';
import type { Repositories, Stored } from '@gts/persistence';
import type { ChainEvent } from '../domain/events';
import type { ChainStatus } from '../domain/events';
import type { SignalChain } from '../domain/signal-chain';

export type Chains = Repositories<SignalChain, ChainEvent>;
export type ChainRef = Readonly<{ tenantId: TenantId; chainId: Id<'SignalChain'> }>;
type ModelIds = readonly Id<'GearModel'>[];

/** What this context knows about models of the catalogue, as the workspace of `ctx` sees them. */
export interface ModelCatalogue {
  /** Asks the catalogue once about models that did not arrive here yet; not inside a unit. */
  lookup(ids: ModelIds, ctx: Context): Promise<GearLookup>;
  /** Only what arrived here. */
  known(ids: ModelIds, ctx: Context): Promise<GearLookup>;
}

export type ModelNote = Readonly<{ gearId: string; gearType: string; irKind?: string | undefined; usable: boolean }>;

/** The copy of the catalogue; written inside the consumer's unit only. */
export interface ModelNotes {
  noteModel(
    gearModelId: Id<'GearModel'>,
    note: Omit<ModelNote, 'gearType'> & { gearType?: string },
    ctx: Context,
  ): Promise<void>;
  /** Notes that gear is gone; answers its models. */
  withdrawGear(gearId: Id<'Gear'>, ctx: Context): Promise<ModelIds>;
}

/** Which chains of all workspaces use a model. */
export interface ChainUses {
  note(ref: ChainRef, gearModelIds: ModelIds, ctx: Context): Promise<void>;
  of(
    gearModelId: Id<'GearModel'>,
    page: Readonly<{ limit: number; after?: string | undefined }>,
    ctx: Context,
  ): Promise<Page<ChainRef>>;
}

/** Sends ourselves the next page of chains to look at, with the unit of `ctx`. */
export interface Judging {
  ask(page: DataOf<typeof JudgeChains>, ctx: Context): Promise<void>;
}

export type ChainFilter = Readonly<{
  limit: number;
  cursor?: string | undefined;
  status?: ChainStatus | undefined;
  gearModelId?: Id<'GearModel'> | undefined;
  q?: string | undefined;
  includeDeleted?: boolean | undefined;
}>;
/** Chains of the workspace, newest first. */
export type ListChains = (filter: ChainFilter, ctx: Context) => Promise<Page<Stored<SignalChain>>>;
