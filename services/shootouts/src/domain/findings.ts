import type { Finding, Id } from '@gts/kernel';
import { refuse } from './errors';
import type { Excerpt, Selection } from './shootout';

const FEWEST_TONES = 2;
export const MOST_TONES = 16;
/** Tones times length: what one run may render. */
const RENDER_BUDGET_MS = 480_000;
const SHORTEST_MS = 1000;

export type ChainFacts = Readonly<{ name: string; status: 'DRAFT' | 'READY' | 'BROKEN' }>;
export type DIFacts = Readonly<{ ready: boolean; durationMs: number }>;
export type Content = Readonly<{ selections: readonly Selection[]; excerpt?: Excerpt | undefined }>;

function countFindings({ length }: readonly Selection[]): Finding[] {
  if (length >= FEWEST_TONES && length <= MOST_TONES) return [];
  const limit = length < FEWEST_TONES ? FEWEST_TONES : MOST_TONES;
  const detail = `a shootout has ${FEWEST_TONES} to ${MOST_TONES} tones, not ${length}`;
  return [{ code: 'tone-count', pointer: '/selections', detail, limit }];
}

/** Places whose value stood earlier already. */
function repeats(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

/** Count, chains and labels: what a list of tones says by itself. */
export const toneFindings = (selections: readonly Selection[]): Finding[] => [
  ...countFindings(selections),
  ...repeats(selections.map(({ signalChainId }) => signalChainId)).map((index) => ({
    code: 'duplicate-chain',
    pointer: `/selections/${index}/signalChainId`,
    detail: 'this chain is in the shootout already',
  })),
  ...repeats(selections.map(({ label }) => label)).map((index) => ({
    code: 'duplicate-label',
    pointer: `/selections/${index}/label`,
    detail: 'another tone has this label',
  })),
];

export type ChainLookup = (id: Id<'SignalChain'>) => ChainFacts | undefined;

export const chainFindings = (selections: readonly Selection[], lookup: ChainLookup): Finding[] =>
  selections.flatMap(({ signalChainId, position }): Finding[] => {
    const chain = lookup(signalChainId);
    const pointer = `/selections/${position}/signalChainId`;
    if (!chain) return [{ code: 'chain-unknown', pointer, detail: 'no such chain in this workspace' }];
    if (chain.status === 'READY') return [];
    return [{ code: 'chain-not-ready', pointer, detail: `"${chain.name}" is ${chain.status}: repair it first` }];
  });

function excerptFindings({ startMs, endMs }: Excerpt, durationMs: number): Finding[] {
  if (endMs - startMs >= SHORTEST_MS && endMs <= durationMs) return [];
  const detail = 'an excerpt is at least 1 s long and lies inside the recording';
  return [{ code: 'excerpt-invalid', pointer: '/excerpt', detail, limit: durationMs }];
}

function budgetFindings(tones: number, lengthMs: number): Finding[] {
  if (tones * lengthMs <= RENDER_BUDGET_MS) return [];
  const limit = Math.floor(RENDER_BUDGET_MS / lengthMs);
  const detail = `${tones} tones of ${lengthMs / 1000} s are too much to render: at most ${limit} tones of this length`;
  return [{ code: 'render-budget-exceeded', pointer: '/selections', detail, limit }];
}

/** What the recording allows. */
export function diFindings({ selections, excerpt }: Content, di: DIFacts | undefined): Finding[] {
  const pointer = '/diTrackId';
  if (!di) return [{ code: 'di-unknown', pointer, detail: 'no such recording in this workspace' }];
  if (!di.ready) return [{ code: 'di-not-ready', pointer, detail: 'the recording is not inspected, or was rejected' }];
  if (!excerpt) return budgetFindings(selections.length, di.durationMs);
  const wrong = excerptFindings(excerpt, di.durationMs);
  return wrong.length > 0 ? wrong : budgetFindings(selections.length, excerpt.endMs - excerpt.startMs);
}

/** @throws SHOOTOUT.SHOOTOUT_INVALID with every finding */
export function assertNone(errors: readonly Finding[]): void {
  if (errors.length > 0) throw refuse.SHOOTOUT_INVALID.with({ details: { errors } }, errors.length);
}
