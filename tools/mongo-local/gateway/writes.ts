import { deserialize } from 'bson';
import { elementsOf, nestedOf } from '../bson/elements.ts';
import { encode } from '../bson/reply.ts';
import { CommandError } from './errors.ts';
import type { Answer, Call, Gateway, Handler } from './gateway.ts';
import { duplicateKeyText } from './index-names.ts';
import { namespaceOf, resultOf } from './results.ts';
import { specOf } from './spec.ts';
import { codeOfWriteError, DUPLICATE_KEY, WRITE_CONFLICT } from './sql-errors.ts';

const SEQUENCES = { insert: 'documents', update: 'updates', delete: 'deletes' } as const;

type WriteError = { index: number; code: number; errmsg: string };

async function translate(error: WriteError, namespace: string, gateway: Gateway): Promise<WriteError> {
  const code = codeOfWriteError(error.code);
  if (code === WRITE_CONFLICT) throw new CommandError(WRITE_CONFLICT, error.errmsg);
  const errmsg = code === DUPLICATE_KEY ? await duplicateKeyText(error.errmsg, namespace, gateway) : error.errmsg;
  return { ...error, code, errmsg };
}

/** Puts official codes and words into the errors of single writes. @throws CommandError 112 if one is a conflict */
async function officialErrors(document: Buffer, namespace: string, gateway: Gateway): Promise<Answer> {
  const errors = nestedOf(elementsOf(document).find(({ name }) => name === 'writeErrors'));
  if (!errors || elementsOf(errors).length === 0) return { document };
  const answer = deserialize(document) as { writeErrors: WriteError[] };
  const writeErrors: WriteError[] = [];
  for (const error of answer.writeErrors) writeErrors.push(await translate(error, namespace, gateway));
  return { document: encode({ ...answer, writeErrors }), failed: true };
}

const writer =
  (kind: keyof typeof SEQUENCES): Handler =>
  async ({ command, query }: Call, gateway: Gateway) => {
    const sql = `select p_result from documentdb_api.${kind}($1::text, $2::documentdb_core.bson, $3::documentdb_core.bsonsequence)`;
    const sequence = command.sequences.get(SEQUENCES[kind]) ?? null;
    const document = resultOf(await query({ sql, values: [command.database, specOf(command), sequence] }));
    return officialErrors(document, namespaceOf(command), gateway);
  };

const FIND_AND_MODIFY = `select p_result from documentdb_api.find_and_modify($1::text, $2::documentdb_core.bson)`;

export const writes: Readonly<Record<string, Handler>> = {
  insert: writer('insert'),
  update: writer('update'),
  delete: writer('delete'),
  findAndModify: async ({ command, query }) => ({
    document: resultOf(await query({ sql: FIND_AND_MODIFY, values: [command.database, specOf(command)] })),
  }),
};
