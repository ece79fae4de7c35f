import { duplicateKeyMessage, indexHintOf } from './duplicate-key.ts';
import type { Gateway } from './gateway.ts';

const INDEX_NAME = `select (index_spec).index_name::text from documentdb_api_catalog.collection_indexes where index_id = $1::int`;

async function indexName(message: string, { pool }: Gateway): Promise<string> {
  const hint = indexHintOf(message);
  if (!hint) return 'unknown';
  if ('name' in hint) return hint.name;
  // On a connection of its own: the one that failed may stand in a broken transaction.
  const [rows] = await pool.use((connection) => connection.run([{ sql: INDEX_NAME, values: [String(hint.number)] }]));
  return rows?.[0]?.[0]?.toString() ?? `documents_rum_index_${hint.number}`;
}

/** The message of error 11000, its index by the name its maker gave. */
export const duplicateKeyText = async (message: string, namespace: string, gateway: Gateway): Promise<string> =>
  duplicateKeyMessage(namespace, await indexName(message, gateway));
