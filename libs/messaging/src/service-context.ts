import { type Context, SYSTEM_TENANT, type ServiceName } from '@gts/kernel';

/** The caller of what a library does on behalf of no one; far from any deadline. */
export const serviceContext = (service: ServiceName, purpose: string): Context => ({
  tenantId: SYSTEM_TENANT,
  actor: { kind: 'service', id: service },
  scopes: [],
  correlationId: `${service}/${purpose}`,
  deadline: 8.64e15,
});
