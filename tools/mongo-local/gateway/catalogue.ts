// Commands that make and remove databases, collections and indexes.
import { deserialize } from 'bson';
import { encode, success } from '../bson/reply.ts';
import { elementsOf, nestedOf } from '../bson/elements.ts';
import { CommandError } from './errors.ts';
import type { Handler } from './gateway.ts';
import { collectionOf, resultOf } from './results.ts';
import { specOf } from './spec.ts';
import { codeOfWriteError, INTERNAL } from './sql-errors.ts';

const CREATE = `select documentdb_api.create_collection_view($1::text, $2::documentdb_core.bson)`;
const DROP = `select documentdb_api.drop_collection($1::text, $2::text)`;
const DROP_DATABASE = `select documentdb_api.drop_database($1::text)`;
const RENAME = `select documentdb_api.rename_collection($1::documentdb_core.bson)`;
const DROP_INDEXES = `call documentdb_api.drop_indexes($1::text, $2::documentdb_core.bson)`;
// Not the variant in the background: a job picks that up every 2 s, and until then a unique index refuses nothing.
const CREATE_INDEXES = `select documentdb_api_internal.create_indexes_non_concurrently($1::text, $2::documentdb_core.bson, true)`;

type Outcome = { ok: number | boolean; code?: number; errmsg?: string };

/** The extension wraps its answer as a router of shards would; one server answers what stands inside. */
function unwrapShard(document: Buffer): Outcome {
  const raw = nestedOf(elementsOf(document).find(({ name }) => name === 'raw'));
  const inside = raw && nestedOf(elementsOf(raw)[0]);
  return deserialize(inside ?? document) as Outcome;
}

const createIndexes: Handler = async ({ command, query }) => {
  const rows = await query({ sql: CREATE_INDEXES, values: [command.database, specOf(command)] });
  const outcome = unwrapShard(resultOf(rows));
  if (!outcome.ok)
    throw new CommandError(codeOfWriteError(outcome.code ?? INTERNAL), outcome.errmsg ?? 'createIndexes failed');
  return { document: encode({ ...outcome, ok: 1 }) };
};

const dropIndexes: Handler = async ({ command, query }) => {
  const outcome = deserialize(
    resultOf(await query({ sql: DROP_INDEXES, values: [command.database, specOf(command)] })),
  ) as Outcome;
  return { document: encode({ ...outcome, ok: 1 }) };
};

export const catalogue: Readonly<Record<string, Handler>> = {
  create: async ({ command, query }) => ({
    document: resultOf(await query({ sql: CREATE, values: [command.database, specOf(command)] })),
  }),
  drop: async ({ command, query }) => {
    await query({ sql: DROP, values: [command.database, collectionOf(command)] });
    return { document: success({ ns: `${command.database}.${collectionOf(command)}` }) };
  },
  dropDatabase: async ({ command, query }) => {
    await query({ sql: DROP_DATABASE, values: [command.database] });
    return { document: success({ dropped: command.database }) };
  },
  renameCollection: async ({ command, query }) => ({
    document: resultOf(await query({ sql: RENAME, values: [specOf(command)] })),
  }),
  createIndexes,
  dropIndexes,
};
