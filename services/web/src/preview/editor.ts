import { effectRanges } from '@gts/audio/browser';
import { h } from '../dom';
import { WAV } from './block-card';
import { createChainList } from './chain-list';
import { type Draft, exampleBlocks, firstDraft, newBlock } from './draft';
import { button, gearField, range, select } from './fields';
import { examples, recordings } from './pack';
import { text } from './words';

const LENGTHS = [10, 3] as const;
const effects = Object.keys(effectRanges) as (keyof typeof effectRanges)[];
type Set = (part: Partial<Draft>) => void;

function recordingPart(set: Set) {
  const lengths = select({ label: text.length }, { options: LENGTHS.map(text.seconds) }, (i) =>
    set({ seconds: LENGTHS[i] ?? 3 }),
  );
  const gain = { label: text.inputGain, least: -24, most: 24, step: 0.1, value: 0 };
  const chosen = { label: text.recording, gear: recordings, choice: firstDraft.di, accept: WAV };
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'recording' },
    h('h2', { id: 'recording' }, text.recording),
    gearField(chosen, (di) => set({ di })),
    lengths,
    range(gain, (inputGainDb) => set({ inputGainDb })),
  );
  const shorten = () => {
    const field = lengths.querySelector('select');
    if (field) field.selectedIndex = LENGTHS.indexOf(3);
    set({ seconds: 3 });
  };
  return { element, shorten };
}

function chainPart(set: Set) {
  const list = createChainList((blocks) => set({ blocks }));
  const starters = [...examples.map(({ name }) => name), text.ownChain];
  const adding = (['capture', 'ir', ...effects] as const).map((kind) =>
    button(text.addBlock(kind), () => list.add(newBlock(kind))),
  );
  const element = h(
    'section',
    { 'aria-labelledby': 'chain' },
    h('h2', { id: 'chain' }, text.chain),
    select({ label: text.example }, { options: starters, chosen: 1 }, (i) => list.set(exampleBlocks(i))),
    list.element,
    h('div', { class: 'row', role: 'group', 'aria-label': text.add }, ...adding),
  );
  return { element, start: () => list.set(firstDraft.blocks) };
}

/** The form: it owns the draft and tells every change of it. */
export function createEditor(changed: (draft: Draft) => void) {
  let draft: Draft = firstDraft;
  const set: Set = (part) => {
    draft = { ...draft, ...part };
    changed(draft);
  };
  const { element, shorten } = recordingPart(set);
  const chain = chainPart(set);
  return { element: h('div', { class: 'editor' }, element, chain.element), start: chain.start, shorten };
}
