import { chainFinding, chainStatus, signalBlock } from '@gts/contracts';
import { collection } from '@gts/persistence';
import { z } from 'zod';
import type { ChainRef, ModelNote } from '../application/ports';
import type { SignalChain } from '../domain/signal-chain';

/** Newest first is the order of ids: they begin with their time. */
const newest = { fields: [] };

// Deleted rows stay until a use case purges them with what hangs on them: their uses, and a RESTORE_REFUSED to say so.
export const chainDocuments = collection<SignalChain>('signal-chains', {
  scope: 'tenant',
  softDelete: true,
  schema: z.object({
    name: z.string(),
    description: z.string().optional(),
    blocks: z.array(signalBlock),
    status: chainStatus,
    contentHash: z.string(),
    findings: z.array(chainFinding),
  }) as unknown as z.ZodType<SignalChain>,
  indexes: { newest, byStatus: { fields: ['status'] } },
});

/** One row a workspace. */
export const countDocuments = collection('chain-counts', {
  scope: 'tenant',
  schema: z.object({ chains: z.int().min(0) }),
});

export type ModelDocument = Omit<ModelNote, 'gearType'> & { readonly gearType?: string | undefined };

/** Copy of the catalogue, under the workspace that owns the gear (the platform's under the system). */
export const modelDocuments = collection<ModelDocument>('models', {
  scope: 'tenant',
  schema: z.object({
    gearId: z.string(),
    gearType: z.string().optional(),
    irKind: z.string().optional(),
    usable: z.boolean(),
  }),
  indexes: { byGear: { fields: ['gearId'] } },
});

export const withdrawnGear = collection<{ withdrawn: true }>('withdrawn-gear', {
  scope: 'tenant',
  schema: z.object({ withdrawn: z.literal(true) }),
});

export type UseDocument = Readonly<{ ownerTenantId: string; gearModelIds: readonly string[] }>;

/** Chains of every workspace by model: a platform model breaks chains of many. */
export const useDocuments = collection<UseDocument>('chain-uses', {
  scope: 'global',
  schema: z.object({ ownerTenantId: z.string(), gearModelIds: z.array(z.string()) }),
  indexes: { byModel: { has: 'gearModelIds', fields: [] } },
});

export const useOf = ({ tenantId }: Pick<ChainRef, 'tenantId'>, gearModelIds: readonly string[]): UseDocument => ({
  ownerTenantId: tenantId,
  gearModelIds,
});
