import { effectRanges } from '@gts/audio/browser';
import { h } from '../dom';
import { type DraftBlock, gearOf, nameOf } from './draft';
import { button, gearField, range } from './fields';
import { text } from './words';

export const WAV = '.wav,audio/wav';
/** Hz and ms in whole numbers, dB and percent in hundredths, a Q in thousandths: 0.707 is one of them. */
function stepOf(least: number, most: number): number {
  const width = most - least;
  if (width > 100) return 1;
  return width < 10 ? 0.001 : 0.01;
}

/** Keys of a card, by which the focus finds its way back. */
export type CardKey = 'earlier' | 'later' | 'remove';
/** What a card can ask of the chain that it is a part of. */
export type ChainActions = Readonly<{
  change(index: number, part: Partial<DraftBlock>): void;
  press(index: number, key: CardKey): void;
}>;
type Card = Readonly<{ index: number; count: number; block: DraftBlock; actions: ChainActions }>;
const atEdge = ({ index, count }: Card, key: CardKey): boolean =>
  (key === 'earlier' && index === 0) || (key === 'later' && index === count - 1);

function controls(card: Card): HTMLElement {
  const { index, block, actions } = card;
  const box = h('input', { type: 'checkbox', checked: block.bypass, 'aria-label': text.of(text.bypass, index) });
  box.addEventListener('change', () => actions.change(index, { bypass: box.checked }));
  const buttons = (['earlier', 'later', 'remove'] as const).map((key) => {
    const made = button(text[key], () => actions.press(index, key), text.of(text[key], index));
    made.dataset['key'] = key;
    // Not `disabled`: a block that arrives at an edge would lose the focus.
    if (atEdge(card, key)) made.setAttribute('aria-disabled', 'true');
    return made;
  });
  return h('div', { class: 'row' }, ...buttons, h('label', { class: 'check' }, box, text.bypass));
}

function parameters({ index, block, actions }: Card): readonly HTMLElement[] {
  const params = { ...block.params };
  return Object.entries(block.effect ? effectRanges[block.effect] : {}).map(([name, [least, most, standard]]) => {
    const label = text.param(name);
    const said = text.of(label, index);
    const numeric = { label, said, least, most, step: stepOf(least, most), value: params[name] ?? standard };
    return range(numeric, (value) => {
      params[name] = value;
      actions.change(index, { params: { ...params } });
    });
  });
}

function chooser({ index, block: { kind, choice }, actions }: Card): readonly HTMLElement[] {
  if (!choice) return [];
  const label = kind === 'capture' ? text.capture : text.ir;
  const accept = kind === 'capture' ? '.nam,application/json' : WAV;
  const field = { label, said: text.of(label, index), gear: gearOf(kind), choice, accept };
  return [gearField(field, (next) => actions.change(index, { choice: next }))];
}

/** One block of the chain: its file, its parameters, its place. */
export function blockCard(card: Card): HTMLElement {
  const title = h('h3', {}, text.block(nameOf(card.block), card.index));
  return h('li', { class: 'card' }, title, ...chooser(card), ...parameters(card), controls(card));
}
