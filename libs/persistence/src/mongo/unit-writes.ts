import { storeErrors } from '../errors';
import type { CollectionDef } from '../ports';
import type { DocumentRow, DocumentSession, Session } from '../session';
import type { Held, MongoDocuments } from './documents';
import type { MongoInbox, NewInboxRow } from './library';
import { idOf } from './rows';

type Base = Readonly<{ documents: MongoDocuments; inbox: MongoInbox }>;
type Writes = Readonly<{ documents: DocumentSession; inbox: Session['inbox']; flush(): Promise<void> }>;

/**
 * The rows that a unit has seen and means to write. A unit reads one state, so a row is read once; in a batch, writes
 * are held back and sent together, at the latest before something reads what they touch.
 */
export function unitWrites({ documents, inbox }: Base, batch: boolean): Writes {
  const rows = new UnitRows(documents, batch);
  const messages: NewInboxRow[] = [];
  const sendMessages = async () => {
    if (messages.length > 0) await inbox.insertAll(messages.splice(0));
  };
  return {
    documents: rows,
    inbox: {
      ...inbox,
      seen: async (consumer, ids) => {
        await sendMessages();
        return inbox.seen(consumer, ids);
      },
      insert: async (consumer, id, row) => {
        if (!batch) return inbox.insert(consumer, id, row);
        messages.push({ consumer, id, ...row });
      },
    },
    flush: async () => {
      await sendMessages();
      await rows.flush();
    },
  };
}

/** What is known of the rows of one collection. */
type Known = {
  readonly def: CollectionDef;
  readonly rows: Map<string, DocumentRow | undefined>;
  readonly held: Map<string, Held>;
};

class UnitRows implements DocumentSession {
  readonly #known = new Map<string, Known>();

  constructor(
    readonly base: MongoDocuments,
    readonly batch: boolean,
  ) {}

  async load(def: CollectionDef, tenant: string, id: string): Promise<DocumentRow | undefined> {
    const { rows } = this.#of(def);
    const key = idOf(tenant, id);
    if (!rows.has(key)) rows.set(key, await this.base.load(def, tenant, id));
    return rows.get(key);
  }

  async prefetch(def: CollectionDef, tenant: string, ids: readonly string[]): Promise<void> {
    const { rows } = this.#of(def);
    const unknown = ids.filter((id) => !rows.has(idOf(tenant, id)));
    if (unknown.length === 0) return;
    const found = await this.base.loadAll(def, tenant, unknown);
    for (const id of unknown) rows.set(idOf(tenant, id), undefined);
    for (const row of found) rows.set(idOf(row.tenant, row.id), row);
  }

  async insert(def: CollectionDef, row: DocumentRow): Promise<void> {
    const { rows, held } = this.#of(def);
    const key = idOf(row.tenant, row.id);
    if (!this.batch) await this.base.insert(def, row);
    else if (rows.get(key)) throw storeErrors.DUPLICATE_KEY.with({ details: { index: 'id' } }, def.name, 'id');
    else held.set(key, { row, expected: undefined });
    rows.set(key, row);
  }

  async replace(def: CollectionDef, row: DocumentRow, expected: number): Promise<boolean> {
    const { rows, held } = this.#of(def);
    const key = idOf(row.tenant, row.id);
    if (this.batch) {
      if (rows.get(key)?.version !== expected) return false;
      const before = held.get(key);
      held.set(key, { row, expected: before ? before.expected : expected });
    } else if (!(await this.base.replace(def, row, expected))) return false;
    rows.set(key, row);
    return true;
  }

  async remove(def: CollectionDef, tenant: string, id: string): Promise<void> {
    await this.#send(def);
    await this.base.remove(def, tenant, id);
    this.#of(def).rows.set(idOf(tenant, id), undefined);
  }

  async select(...[def, tenant, plan]: Parameters<DocumentSession['select']>) {
    await this.#send(def);
    return this.base.select(def, tenant, plan);
  }

  async scan(...[def, after, limit]: Parameters<DocumentSession['scan']>) {
    await this.#send(def);
    return this.base.scan(def, after, limit);
  }

  async purge(...[def, rule, page]: Parameters<DocumentSession['purge']>): Promise<number> {
    await this.#send(def);
    this.#known.delete(def.name);
    return this.base.purge(def, rule, page);
  }

  async flush(): Promise<void> {
    for (const { def } of this.#known.values()) await this.#send(def);
  }

  async #send(def: CollectionDef): Promise<void> {
    const { held } = this.#of(def);
    if (held.size === 0) return;
    const rows = [...held.values()];
    held.clear();
    const [first] = rows;
    if (!(await this.base.writeAll(def, rows)) && first) throw storeErrors.VERSION_CONFLICT(def.name, first.row.id);
  }

  #of(def: CollectionDef): Known {
    let known = this.#known.get(def.name);
    if (!known) this.#known.set(def.name, (known = { def, rows: new Map(), held: new Map() }));
    return known;
  }
}
