import { textOf } from '../bson/elements.ts';
import type { Row } from '../postgres/protocol.ts';
import type { Command } from '../wire/frame.ts';

/** The first column of the first row. */
export function resultOf(rows: readonly Row[]): Buffer {
  const value = rows[0]?.[0];
  if (!value) throw new Error('PostgreSQL gave no result');
  return value;
}

/** The collection that a command names as the value of its own name. */
export const collectionOf = ({ name, fields }: Command): string => textOf(fields.get(name)) ?? '';

export const namespaceOf = (command: Command): string => `${command.database}.${collectionOf(command)}`;
