import { type Context, serviceContext as contextOf, type ServiceName } from '@gts/kernel';

/** The caller of what a library does on behalf of no one; far from any deadline. */
export const serviceContext = (service: ServiceName, purpose: string): Context =>
  contextOf(service, `${service}/${purpose}`);
