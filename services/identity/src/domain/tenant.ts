import type { Decision, Id, Instant } from '@gts/kernel';
import type { TenantEvent } from './events';

export type Role = 'viewer' | 'editor' | 'owner';
export type Tenant = Readonly<{
  name: string;
  slug: string;
  kind: 'PERSONAL' | 'TEAM';
  status: 'ACTIVE' | 'SUSPENDED';
  defaultVisibility: 'public' | 'unlisted' | 'private';
  members: readonly Readonly<{ userId: Id<'User'>; role: Role; joinedAt: Instant }>[];
}>;

type Opening = Readonly<{ tenantId: Id<'Tenant'>; ownerId: Id<'User'>; name: string; slug: string; at: Instant }>;

/** The workspace that everybody has alone; its one member stays its owner for ever. */
export const openPersonal = ({ tenantId, ownerId, name, slug, at }: Opening): Decision<Tenant, TenantEvent> => ({
  state: {
    name,
    slug,
    kind: 'PERSONAL',
    status: 'ACTIVE',
    defaultVisibility: 'private',
    members: [{ userId: ownerId, role: 'owner', joinedAt: at }],
  },
  events: [{ type: 'TenantCreated', tenantId, kind: 'PERSONAL', ownerId }],
});

/** What a person may do in a workspace; nothing when they are no member. */
export const roleOf = (tenant: Tenant, userId: string): Role | undefined =>
  tenant.members.find((each) => each.userId === userId)?.role;
