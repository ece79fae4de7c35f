import { h } from '../dom';
import { blockCard, type CardKey, type ChainActions } from './block-card';
import { type DraftBlock, moved } from './draft';
import { text } from './words';

type Focus = Readonly<{ index: number; key: CardKey }>;

/** The blocks of a chain as cards; it tells every change of them. */
export function createChainList(changed: (blocks: readonly DraftBlock[]) => void) {
  let blocks: readonly DraftBlock[] = [];
  const element = h('ol', { class: 'blocks', tabindex: '-1', 'aria-label': text.chain });

  const placeOf = ({ index, key }: Focus): HTMLElement =>
    element.children[index]?.querySelector<HTMLElement>(`[data-key="${key}"]`) ?? element;
  /** Draws all cards anew and puts the focus where the person was. */
  function set(next: readonly DraftBlock[], focus?: Focus): void {
    blocks = next;
    element.replaceChildren(
      ...blocks.map((block, index) => blockCard({ index, count: blocks.length, block, actions })),
    );
    if (blocks.length === 0) element.append(h('li', { class: 'soft' }, text.empty));
    if (focus) placeOf(focus).focus();
    changed(blocks);
  }
  const move = (from: number, to: number, key: CardKey): void => {
    const next = moved(blocks, from, to);
    if (next !== blocks) set(next, { index: to, key });
  };
  const presses: Readonly<Record<CardKey, (index: number) => void>> = {
    earlier: (index) => move(index, index - 1, 'earlier'),
    later: (index) => move(index, index + 1, 'later'),
    remove: (index) => set(blocks.toSpliced(index, 1), { index: Math.max(0, index - 1), key: 'remove' }),
  };
  const actions: ChainActions = {
    press: (index, key) => presses[key](index),
    change(index, part) {
      blocks = blocks.map((block, i) => (i === index ? { ...block, ...part } : block));
      changed(blocks);
    },
  };
  return {
    element,
    set,
    add: (block: DraftBlock) => set([...blocks, block], { index: blocks.length, key: 'earlier' }),
  };
}
