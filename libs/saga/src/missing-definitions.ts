import { serviceContext } from '@gts/kernel';
import type { Store } from '@gts/persistence';
import type { SagaHost } from './host';
import { sagaRows } from './rows';

const PAGE = 200;

/** Unfinished sagas of a definition that this release lacks. */
export type MissingDefinition = Readonly<{ type: string; version: number; unfinished: number }>;

const context = serviceContext('saga-definitions', 'saga-definitions');

/** What the store holds and no host can finish: inputs of these sagas wait for a release that knows them. */
export async function missingDefinitions(
  hosts: readonly Pick<SagaHost, 'definition' | 'versions'>[],
  { store }: { store: Store },
): Promise<readonly MissingDefinition[]> {
  const known = new Set(
    hosts.flatMap(({ definition, versions }) => versions.map((each) => `${definition.type}/${each}`)),
  );
  const missing = new Map<string, MissingDefinition>();
  const rows = store.collection(sagaRows, context);
  const where = { state: { in: ['running', 'compensating', 'stuck'] } };
  let after: string | null | undefined;
  do {
    const page = await rows.query({ index: 'byStateStart', where, limit: PAGE, after: after ?? undefined });
    for (const { type, instance } of page.items) {
      const version = instance.definitionVersion;
      const name = `${type}/${version}`;
      if (known.has(name)) continue;
      missing.set(name, { type, version, unfinished: (missing.get(name)?.unfinished ?? 0) + 1 });
    }
    after = page.next;
  } while (after);
  return [...missing.values()];
}
