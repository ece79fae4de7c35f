import type { Context, Instant, TenantId } from '@gts/kernel';
import { SYSTEM_TENANT } from '@gts/kernel';
import { storeErrors } from './errors';
import type { CollectionDef, DocumentMeta, Stored } from './ports';
import type { DocumentRow } from './session';

const GLOBAL = '-';

/** The tenant that leads every key of a collection. @throws STORE.TENANT_SCOPE_MISSING */
export function tenantOf(def: CollectionDef, ctx: Context): string {
  if (def.scope === 'global') return GLOBAL;
  if (!ctx.tenantId) throw storeErrors.TENANT_SCOPE_MISSING(def.name);
  return ctx.tenantId;
}

export const metaOf = (row: DocumentRow): DocumentMeta => ({
  id: row.id,
  tenantId: row.tenant === GLOBAL ? SYSTEM_TENANT : (row.tenant as TenantId),
  version: row.version,
  eventSeq: row.eventSeq,
  createdAt: row.createdAt as Instant,
  createdBy: row.createdBy,
  updatedAt: row.updatedAt as Instant,
  ...(row.deletedAt !== null && { deletedAt: row.deletedAt as Instant, deletedBy: row.deletedBy ?? undefined }),
});

/** Text to state: upgraded to the current schema, then checked. @throws STORE.DOCUMENT_INVALID */
export function decode<T>(def: CollectionDef<T>, row: DocumentRow): Stored<T> {
  const document = checked(def, row.id, upgraded(def as CollectionDef, row));
  return Object.assign(document as object, { meta: metaOf(row) }) as Stored<T>;
}

function upgraded(def: CollectionDef, row: DocumentRow): unknown {
  if (row.schema > def.schemaVersion)
    throw storeErrors.DOCUMENT_INVALID(def.name, row.id, `schema ${row.schema} is newer than this release`);
  let document: unknown = JSON.parse(row.body);
  for (let version = row.schema; version < def.schemaVersion; version += 1) {
    const step = def.upgrade[version];
    if (!step) throw storeErrors.DOCUMENT_INVALID(def.name, row.id, `no upgrade from schema ${version}`);
    document = step(document as never);
  }
  return document;
}

function checked<T>(def: CollectionDef<T>, id: string, document: unknown): T {
  const result = def.schema.safeParse(document);
  if (result.success) return result.data;
  const why = result.error.issues.map((issue) => `${issue.path.join('/')}: ${issue.message}`).join('; ');
  throw storeErrors.DOCUMENT_INVALID(def.name, id, why);
}

/** The state without what the store added on reading. */
export function bare<T>(document: T): T {
  if (typeof document !== 'object' || document === null || !('meta' in document)) return document;
  const { meta: _, ...state } = document;
  return state as T;
}

/** State to text, checked. @throws STORE.DOCUMENT_INVALID */
export const encode = <T>(def: CollectionDef<T>, id: string, document: T): string =>
  JSON.stringify(checked(def, id, bare(document)));
