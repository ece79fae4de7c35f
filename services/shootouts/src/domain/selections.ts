import type { Id } from '@gts/kernel';
import { refuse } from './errors';
import { type DIFacts, type ChainLookup, assertNone, chainFindings, diFindings, toneFindings } from './findings';
import { type Selection, type Shootout, type ShootoutDecision, type ShootoutId, assertEditable } from './shootout';

type Wanted = Readonly<{ id: Id<'ToneSelection'>; signalChainId: Id<'SignalChain'>; label?: string | undefined }>;

const MOST_LABEL = 80;
const short = (name: string, suffix: string): string =>
  Array.from(name)
    .slice(0, MOST_LABEL - suffix.length)
    .join('') + suffix;

/** The name itself, or with the first free number behind it. */
export function freeLabel(name: string, taken: ReadonlySet<string>): string {
  let label = short(name, '');
  for (let n = 2; taken.has(label); n += 1) label = short(name, ` (${n})`);
  return label;
}

/** Positions 0, 1, 2 … in list order. */
const renumber = (selections: readonly Selection[]): Selection[] =>
  selections.map((each, position) => ({ ...each, position }));

/** Gives every tone its place and its label: the wanted one, else the chain's name, made unique. */
export function selectionsOf(wanted: readonly Wanted[], nameOf: (id: Id<'SignalChain'>) => string): Selection[] {
  const taken = new Set(wanted.flatMap(({ label }) => (label === undefined ? [] : [label])));
  return wanted.map(({ label, ...tone }, position) => {
    const own = label ?? freeLabel(nameOf(tone.signalChainId), taken);
    taken.add(own);
    return { ...tone, position, label: own };
  });
}

const edited = (shootoutId: ShootoutId, shootout: Shootout, selections: readonly Selection[]): ShootoutDecision => ({
  state: { ...shootout, selections },
  events: [{ type: 'Updated', shootoutId }],
});
const has = ({ selections }: Shootout, id: Id<'ToneSelection'>): void => {
  if (!selections.some((each) => each.id === id)) throw refuse.SELECTION_UNKNOWN();
};

/** What a new tone is judged by; a recording that is gone is judged when it renders. */
export type AddFacts = Readonly<{ chains: ChainLookup; di: DIFacts | undefined }>;

/** Findings about the new tone point into the request that asked for it. */
const ownPointer = (pointer: string | undefined, at: number) => pointer?.replace(`/selections/${at}/`, '/');

export const addTone =
  (shootoutId: ShootoutId, wanted: Wanted, { chains, di }: AddFacts) =>
  (shootout: Shootout): ShootoutDecision => {
    assertEditable(shootout);
    const at = shootout.selections.length;
    const taken = new Set(shootout.selections.map(({ label }) => label));
    const label = wanted.label ?? freeLabel(chains(wanted.signalChainId)?.name ?? '', taken);
    const tone = { ...wanted, label, position: at };
    const selections = [...shootout.selections, tone];
    const found = [
      ...toneFindings(selections),
      ...chainFindings([tone], chains),
      ...(di ? diFindings({ ...shootout, selections }, di) : []),
    ];
    assertNone(found.map((each) => ({ ...each, pointer: ownPointer(each.pointer, at) })));
    return edited(shootoutId, shootout, selections);
  };

export const removeTone =
  (shootoutId: ShootoutId, id: Id<'ToneSelection'>) =>
  (shootout: Shootout): ShootoutDecision => {
    assertEditable(shootout);
    has(shootout, id);
    const selections = renumber(shootout.selections.filter((each) => each.id !== id));
    assertNone(toneFindings(selections).filter(({ code }) => code === 'tone-count'));
    return edited(shootoutId, shootout, selections);
  };

export const renameTone =
  (shootoutId: ShootoutId, id: Id<'ToneSelection'>, label: string) =>
  (shootout: Shootout): ShootoutDecision => {
    assertEditable(shootout);
    has(shootout, id);
    if (shootout.selections.some((each) => each.id !== id && each.label === label))
      assertNone([{ code: 'duplicate-label', pointer: '/label', detail: 'another tone has this label' }]);
    return edited(
      shootoutId,
      shootout,
      shootout.selections.map((each) => (each.id === id ? { ...each, label } : each)),
    );
  };

export const reorderTones =
  (shootoutId: ShootoutId, order: readonly Id<'ToneSelection'>[]) =>
  (shootout: Shootout): ShootoutDecision => {
    assertEditable(shootout);
    const byId = new Map(shootout.selections.map((each) => [each.id, each]));
    const selections = order.flatMap((id) => byId.get(id) ?? []);
    const whole = new Set(order).size === byId.size && order.length === byId.size && selections.length === byId.size;
    if (!whole)
      assertNone([
        { code: 'order-incomplete', pointer: '/order', detail: 'name every tone exactly once', limit: byId.size },
      ]);
    return edited(shootoutId, shootout, renumber(selections));
  };
