import { durationMs, type Duration } from '@gts/kernel';
import type { z } from 'zod';
import type { CollectionDef, IndexDef, PurgeRule, Scope } from './ports';

/** Rows go this long after the instant in `since`; those without one, or whose `only` fields say otherwise, stay. */
export type Retention = Readonly<{ after: Duration; since: string; only?: PurgeRule['only'] }>;

export type CollectionSpec<T> = Readonly<{
  schema: z.ZodType<T>;
  /** Always stated: `tenant` documents are seen by their workspace only. */
  scope: Scope;
  indexes?: Readonly<Record<string, IndexDef>>;
  schemaVersion?: number;
  upgrade?: CollectionDef<T>['upgrade'];
  softDelete?: boolean;
  /** How long soft-deleted documents stay before `sweep` removes them. */
  purgeAfter?: Duration;
  /** Which rows have served their time without having been deleted; `since` names a field, `createdAt` or `updatedAt`. */
  retention?: readonly Retention[];
}>;

/** Declares a collection; names of collections and indexes are `[A-Za-z][A-Za-z0-9_-]*`. */
export function collection<T>(name: string, spec: CollectionSpec<T>): CollectionDef<T> {
  for (const each of [name, ...Object.keys(spec.indexes ?? {})])
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(each)) throw new Error(`not a name for a collection or index: ${each}`);
  return {
    name,
    schema: spec.schema,
    scope: spec.scope,
    schemaVersion: spec.schemaVersion ?? 1,
    upgrade: spec.upgrade ?? {},
    indexes: spec.indexes ?? {},
    softDelete: spec.softDelete ?? false,
    purges: purgesOf(spec),
  };
}

/** The collections that a module exports: given as `import * as`. */
export const collectionsIn = (module: Readonly<Record<string, unknown>>): CollectionDef[] =>
  Object.values(module).filter(isCollection);
const isCollection = (value: unknown): value is CollectionDef =>
  typeof value === 'object' && value !== null && 'purges' in value;

function purgesOf({ softDelete, purgeAfter, retention = [] }: Retained): readonly PurgeRule[] {
  const deleted: Retention[] =
    softDelete && purgeAfter !== undefined ? [{ since: 'deletedAt', after: purgeAfter }] : [];
  return [...deleted, ...retention].map(({ since, after, only = {} }) => ({ since, afterMs: durationMs(after), only }));
}
type Retained = Pick<CollectionSpec<never>, 'softDelete' | 'purgeAfter' | 'retention'>;
