/** An index as an error of PostgreSQL or the extension tells it: by its name, or by the number of its table. */
export type IndexHint = Readonly<{ name: string } | { number: number }>;

const NAMED = /Index '(.+)'/;
const NUMBERED = /documents_rum_index_(\d+)/;

/** Reads the index out of a message about a duplicate key; undefined when it says nothing. */
export function indexHintOf(message: string): IndexHint | undefined {
  const number = NUMBERED.exec(message)?.[1];
  if (number !== undefined) return { number: Number(number) };
  if (/collection_pk_\d+/.test(message)) return { name: '_id_' };
  const name = NAMED.exec(message)?.[1];
  return name === undefined ? undefined : { name };
}

/** The words of the official server, from which drivers and adapters read the index. */
export const duplicateKeyMessage = (namespace: string, index: string): string =>
  `E11000 duplicate key error collection: ${namespace} index: ${index} dup key`;
