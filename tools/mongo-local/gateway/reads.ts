import { deserialize, Long } from 'bson';
import { success } from '../bson/reply.ts';
import { elementsOf, nestedOf, numberOf, textOf } from '../bson/elements.ts';
import type { Row } from '../postgres/protocol.ts';
import { CommandError } from './errors.ts';
import type { Answer, Call, Gateway, Handler } from './gateway.ts';
import { resultOf } from './results.ts';
import { specOf } from './spec.ts';

const CURSOR_NOT_FOUND = 43;

/** The namespace under which a client asks for more, as the page names it. */
function namespaceOfPage(page: Buffer): string {
  const cursor = nestedOf(elementsOf(page).find(({ name }) => name === 'cursor'));
  return textOf(cursor && elementsOf(cursor).find(({ name }) => name === 'ns')) ?? '';
}

function remember(row: Row | undefined, call: Call, { cursors }: Gateway): void {
  const [page, continuation, id] = row ?? [];
  if (!page || !continuation || !id) return;
  // Copied: the row is a view of a whole chunk of the connection.
  const place = { continuation: Buffer.from(continuation), namespace: namespaceOfPage(page) };
  cursors.put(id.readBigInt64BE(), { ...place, transaction: call.transaction });
}

const firstPage =
  (source: string): Handler =>
  async (call, gateway): Promise<Answer> => {
    const sql = `select cursorpage, continuation, cursorid from documentdb_api.${source}_cursor_first_page($1::text, $2::documentdb_core.bson)`;
    const rows = await call.query({ sql, values: [call.command.database, specOf(call.command)] });
    remember(rows[0], call, gateway);
    return { document: resultOf(rows) };
  };

const GET_MORE = `select cursorpage, continuation from documentdb_api.cursor_get_more($1::text, $2::documentdb_core.bson, $3::documentdb_core.bson)`;

const getMore: Handler = async (call, { cursors }) => {
  const { command, query, transaction } = call;
  const id = command.fields.get('getMore')?.value.readBigInt64LE() ?? 0n;
  const cursor = cursors.get(id, transaction);
  const namespace = `${command.database}.${textOf(command.fields.get('collection')) ?? ''}`;
  if (cursor?.namespace !== namespace) throw new CommandError(CURSOR_NOT_FOUND, `cursor id ${id} not found`);
  const rows = await query({ sql: GET_MORE, values: [command.database, specOf(command), cursor.continuation] });
  const continuation = rows[0]?.[1];
  if (continuation) cursors.put(id, { ...cursor, continuation: Buffer.from(continuation) });
  else cursors.delete(id);
  return { document: resultOf(rows) };
};

const DELETE_CURSORS = `select documentdb_api_internal.delete_cursors($1::bigint[])`;

const killCursors: Handler = async ({ command, query }, { cursors }) => {
  const { cursors: named } = deserialize(command.document, { promoteLongs: false }) as { cursors: Long[] };
  const ids = named.map((id) => Long.fromValue(id).toBigInt());
  const killed = ids.filter((id) => cursors.delete(id));
  if (killed.length > 0) await query({ sql: DELETE_CURSORS, values: [`{${killed.join(',')}}`] });
  const absent = ids.filter((id) => !killed.includes(id));
  const longs = (list: readonly bigint[]) => list.map((id) => Long.fromBigInt(id));
  const nothing = { cursorsAlive: [], cursorsUnknown: [] };
  return { document: success({ cursorsKilled: longs(killed), cursorsNotFound: longs(absent), ...nothing }) };
};

const wholeAnswer =
  (name: 'count' | 'distinct'): Handler =>
  async ({ command, query }) => {
    const sql = `select document from documentdb_api.${name}_query($1::text, $2::documentdb_core.bson)`;
    return { document: resultOf(await query({ sql, values: [command.database, specOf(command)] })) };
  };

const collStats: Handler = async ({ command, query }) => {
  const scale = numberOf(command.fields.get('scale')) ?? 1;
  const sql = `select documentdb_api.coll_stats($1::text, $2::text, $3::float8)`;
  const values = [command.database, textOf(command.fields.get(command.name)) ?? '', String(scale)];
  return { document: resultOf(await query({ sql, values })) };
};

const dbStats: Handler = async ({ command, query }) => {
  const scale = numberOf(command.fields.get('scale')) ?? 1;
  const sql = `select documentdb_api.db_stats($1::text, $2::float8)`;
  return { document: resultOf(await query({ sql, values: [command.database, String(scale)] })) };
};

export const reads: Readonly<Record<string, Handler>> = {
  find: firstPage('find'),
  aggregate: firstPage('aggregate'),
  listCollections: firstPage('list_collections'),
  listIndexes: firstPage('list_indexes'),
  getMore,
  killCursors,
  count: wholeAnswer('count'),
  distinct: wholeAnswer('distinct'),
  collStats,
  dbStats,
};
