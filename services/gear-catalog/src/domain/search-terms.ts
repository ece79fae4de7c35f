import type { Gear } from './gear';

/** Longest prefix of a word that the index keeps; longer words are compared in full afterwards. */
const LONGEST = 16;

/** Words of a text, folded so that case, width and accents do not matter. */
const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

const points = (word: string): readonly string[] => Array.from(word);

const prefixes = (word: string): readonly string[] => {
  const letters = points(word).slice(0, LONGEST);
  return letters.map((_, i) => letters.slice(0, i + 1).join(''));
};

const word = (prefix: string): string => `word:${points(prefix).slice(0, LONGEST).join('')}`;

/** Every word that people may search this gear by. */
export const searchWords = ({ name, make, tags }: Gear): readonly string[] => [
  ...new Set([name, make?.name ?? '', ...tags.map((each) => each.name)].flatMap(wordsOf)),
];

/** Everything a search can filter by, as flat terms that one index holds. */
export function termsOf(gear: Gear, sha256s: readonly string[]): readonly string[] {
  const { gearType, irKind, make, tags, licence, format, source, availability } = gear;
  const words = searchWords(gear).flatMap(prefixes).map(word);
  const fixed = [
    `type:${gearType}`,
    `licence:${licence.code}`,
    `format:${format}`,
    `source:${source.name}`,
    `availability:${availability}`,
  ];
  const optional = [...(irKind ? [`ir:${irKind}`] : []), ...(make ? [`make:${make.slug}`] : [])];
  const listed = [...tags.map((each) => `tag:${each.slug}`), ...sha256s.map((each) => `sha256:${each}`)];
  return [...new Set([...words, ...fixed, ...optional, ...listed])];
}

export type Filters = Readonly<{
  q?: string | undefined;
  sha256?: string | undefined;
  tag?: string | undefined;
  make?: string | undefined;
  irKind?: string | undefined;
  source?: string | undefined;
  licence?: string | undefined;
  gearType?: string | undefined;
  format?: string | undefined;
  availability?: string | undefined;
}>;

// What narrows most comes first: the index serves the first term, the others are applied while a page fills.
const selective = [
  'sha256',
  'tag',
  'make',
  'irKind',
  'source',
  'licence',
  'gearType',
  'format',
  'availability',
] as const;
const termName = { irKind: 'ir', gearType: 'type' } as const;
const nameOf = (filter: (typeof selective)[number]): string => {
  if (filter === 'irKind' || filter === 'gearType') return termName[filter];
  return filter;
};

export type Wanted = Readonly<{ terms: readonly string[]; words: readonly string[] }>;

/** What a search asks for; `q` without a single letter or digit is found nowhere. */
export function wantedBy(filters: Filters): Wanted {
  const words = filters.q === undefined ? [] : wordsOf(filters.q);
  const fixed = selective.flatMap((each) => (filters[each] === undefined ? [] : [`${nameOf(each)}:${filters[each]}`]));
  const hashes = filters.sha256 === undefined ? 0 : 1;
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map(word);
  const nothing = filters.q !== undefined && words.length === 0 ? ['word:'] : [];
  return { terms: [...fixed.slice(0, hashes), ...longestFirst, ...fixed.slice(hashes), ...nothing], words };
}

type Indexed = Readonly<{ terms: readonly string[]; words: readonly string[] }>;

/** Whether gear has everything that is wanted, long words in full. */
export const matches = (row: Indexed, { terms, words }: Wanted): boolean =>
  terms.every((term) => row.terms.includes(term)) &&
  words.every((each) => points(each).length <= LONGEST || row.words.some((own) => own.startsWith(each)));
