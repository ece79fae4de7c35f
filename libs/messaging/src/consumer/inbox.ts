import { serviceContext } from '../service-context';
import type { ConsumerDeps } from './deps';
import type { Item } from './item';

/** Whether this very message had its effect; a clash of any other unique key says nothing about that. */
export async function hasInbox(
  { store, service }: ConsumerDeps,
  consumer: string,
  { parsed, digest }: Item,
): Promise<boolean> {
  const { id } = parsed.message;
  const found = await store.transaction(serviceContext(service, 'inbox'), (unit) => unit.inbox.seen(consumer, [id]));
  return found.get(id) === digest;
}
