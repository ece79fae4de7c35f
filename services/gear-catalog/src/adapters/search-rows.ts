import { collection, type DocumentMeta, type Stored } from '@gts/persistence';
import { z } from 'zod';
import type { Sort } from '../application/ports';
import type { Gear } from '../domain/gear';
import { searchWords, termsOf } from '../domain/search-terms';

const searchRowSchema = z.strictObject({
  terms: z.array(z.string()),
  words: z.array(z.string()),
  useCount: z.int(),
  newestKey: z.string(),
  nameKey: z.string(),
  usedKey: z.string(),
});
export type SearchRow = z.output<typeof searchRowSchema>;

export const sortKeys = { newest: 'newestKey', name: 'nameKey', mostUsed: 'usedKey' } as const satisfies Record<
  Sort,
  keyof SearchRow
>;

/** One row a piece of gear, under its id: every filter is a term, every sort key differs from all others. */
export const searchCollection = collection<SearchRow>('gear_search', {
  scope: 'tenant',
  softDelete: true,
  indexes: {
    newest: { fields: ['newestKey'] },
    name: { fields: ['nameKey'] },
    mostUsed: { fields: ['usedKey'] },
    newestByTerm: { has: 'terms', fields: ['newestKey'] },
    nameByTerm: { has: 'terms', fields: ['nameKey'] },
    mostUsedByTerm: { has: 'terms', fields: ['usedKey'] },
  },
  schema: searchRowSchema,
});

// A tab sorts before everything that a name or an instant may hold.
const SEPARATOR = '\t';
const DIGITS = 10;

const usedKey = (useCount: number, newestKey: string): string =>
  [String(useCount).padStart(DIGITS, '0'), newestKey].join(SEPARATOR);

type Described = Readonly<{ gear: Gear; meta: Pick<DocumentMeta, 'id' | 'createdAt'>; sha256s: readonly string[] }>;

export function searchRow({ gear, meta, sha256s }: Described, useCount = 0): SearchRow {
  const newestKey = [meta.createdAt, meta.id].join(SEPARATOR);
  return {
    terms: [...termsOf(gear, sha256s)],
    words: [...searchWords(gear)],
    useCount,
    newestKey,
    nameKey: [gear.name.normalize('NFKC').toLowerCase(), meta.id].join(SEPARATOR),
    usedKey: usedKey(useCount, newestKey),
  };
}

export const recounted = (row: Stored<SearchRow>, delta: number): SearchRow => {
  const { meta: _meta, ...stored } = row;
  const useCount = Math.max(0, stored.useCount + delta);
  return { ...stored, useCount, usedKey: usedKey(useCount, stored.newestKey) };
};
