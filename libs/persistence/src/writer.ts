import type { Context } from '@gts/kernel';
import { instantOf } from '@gts/kernel';
import { encode, metaOf, tenantOf } from './documents';
import { storeErrors } from './errors';
import type { CollectionDef, DocumentMeta, Writer } from './ports';
import type { DocumentRow, Session } from './session';
import type { UnitCore } from './unit-core';

type At = Readonly<{ session: Session; now: string; tenant: string }>;

/** Writes of one collection in one tenant inside one unit. */
// oxlint-disable-next-line eslint/max-lines-per-function -- one short closure a verb over shared parts
export function writerOver<T>(def: CollectionDef<T>, ctx: Context, core: UnitCore): Writer<T> {
  const any = def as CollectionDef;
  const write = <R>(work: (at: At) => Promise<R>) =>
    core.run(async () => {
      core.writes += 1;
      await core.life.ensure(any);
      const now = instantOf(await core.session.nowMs());
      return work({ session: core.session, now, tenant: tenantOf(any, ctx) });
    });
  const by = ctx.actor.id;
  const insert = async (id: string, at: At, more: { body: string; eventSeq: number }) => {
    const row = freshRow(def.schemaVersion, by, { id, tenant: at.tenant, now: at.now, ...more });
    await at.session.documents.insert(any, row);
    return metaOf(row);
  };
  const change = async (old: DocumentRow, at: At, part: Partial<DocumentRow>): Promise<DocumentMeta> => {
    const row = { ...old, ...part, version: old.version + 1, updatedAt: at.now };
    if (!(await at.session.documents.replace(any, row, old.version))) throw conflict(any, old);
    return metaOf(row);
  };
  const stored = (id: string, { session, tenant }: At) => session.documents.load(any, tenant, id);
  return {
    insert: (id, document, eventSeq = 0) =>
      write((at) => insert(id, at, { body: encode(def, id, document), eventSeq })),
    // oxlint-disable-next-line eslint/max-params -- the port's signature
    replace: (id, expected, document, eventSeq) =>
      write(async (at) => {
        const old = await stored(id, at);
        if (!old || old.deletedAt !== null) throw storeErrors.NOT_FOUND(def.name, id);
        if (old.version !== expected) throw conflict(any, old);
        return change(old, at, written(def, { id, document, eventSeq }));
      }),
    put: (id, document) =>
      write(async (at) => {
        const old = await stored(id, at);
        if (!old) return insert(id, at, { body: encode(def, id, document), eventSeq: 0 });
        return change(old, at, { ...written(def, { id, document, eventSeq: undefined }), ...alive });
      }),
    delete: (id, eventSeq) =>
      write(async (at) => {
        const old = await stored(id, at);
        if (!old || old.deletedAt !== null) return;
        if (!def.softDelete) return at.session.documents.remove(any, at.tenant, id);
        await change(old, at, { deletedAt: at.now, deletedBy: by, ...(eventSeq !== undefined && { eventSeq }) });
      }),
    restore: (id) =>
      write(async (at) => {
        const old = await stored(id, at);
        if (!old) throw storeErrors.NOT_FOUND(def.name, id);
        return old.deletedAt === null ? metaOf(old) : change(old, at, alive);
      }),
    purge: (id) => write(async (at) => at.session.documents.remove(any, at.tenant, id)),
  };
}

type Fresh = Readonly<{ id: string; tenant: string; now: string; body: string; eventSeq: number }>;
const freshRow = (schema: number, by: string, { id, tenant, now, body, eventSeq }: Fresh): DocumentRow => ({
  id,
  tenant,
  version: 1,
  eventSeq,
  schema,
  createdAt: now,
  createdBy: by,
  updatedAt: now,
  ...alive,
  body,
});

const alive = { deletedAt: null, deletedBy: null } as const;

const conflict = (def: CollectionDef, { id, version }: DocumentRow) =>
  storeErrors.VERSION_CONFLICT.with({ details: { currentVersion: version } }, def.name, id);

type New<T> = Readonly<{ id: string; document: T; eventSeq: number | undefined }>;
const written = <T>(def: CollectionDef<T>, { id, document, eventSeq }: New<T>): Partial<DocumentRow> => ({
  body: encode(def, id, document),
  schema: def.schemaVersion,
  ...(eventSeq !== undefined && { eventSeq }),
});
