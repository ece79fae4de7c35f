import { h } from '../dom';
import type { Choice } from './draft';
import type { Gear } from './pack';
import { text } from './words';

type Kept = Readonly<{ label: string; said?: string }>;
type Options = Readonly<{ options: readonly string[]; chosen?: number }>;

/** A named control. `said` is its name for those who do not see where it stands. */
const labelled = ({ label, said = label }: Kept, control: HTMLElement, ...more: readonly Node[]): HTMLElement => {
  // The text of a select would be a part of its label.
  control.setAttribute('aria-label', said);
  return h('label', { class: 'field' }, h('span', {}, label), control, ...more);
};

export function select(names: Kept, { options, chosen = 0 }: Options, change: (index: number) => void) {
  const list = h(
    'select',
    { change: () => change(list.selectedIndex) },
    ...options.map((option, i) => h('option', { selected: i === chosen }, option)),
  );
  return labelled(names, list);
}

type Numeric = Kept & Readonly<{ least: number; most: number; step: number; value: number }>;

/** A slider with the number beside it; both tell every move. */
export function range({ label, said, ...numbers }: Numeric, change: (value: number) => void): HTMLElement {
  const { least, most, step, value } = numbers;
  const limits = { min: String(least), max: String(most), step: String(step), value: String(value) };
  const slider = h('input', { type: 'range', ...limits });
  const number = h('input', { type: 'number', ...limits, 'aria-label': said ?? label });
  const take = (from: HTMLInputElement, to: HTMLInputElement) => {
    if (from.value === '' || !from.reportValidity()) return;
    to.value = from.value;
    change(Number(from.value));
  };
  slider.addEventListener('input', () => take(slider, number));
  number.addEventListener('input', () => take(number, slider));
  return h('div', { class: 'number' }, labelled({ label, ...(said && { said }) }, slider), number);
}

type Chooser = Kept & Readonly<{ gear: readonly Gear[]; choice: Choice; accept: string }>;

/** Gear of the pack, or a file of one's own. */
export function gearField({ gear, choice, accept, ...names }: Chooser, change: (choice: Choice) => void): HTMLElement {
  const { label, said = label } = names;
  const own = h('input', { type: 'file', accept, 'aria-label': text.file(said) });
  own.hidden = !('own' in choice);
  own.addEventListener('change', () => change({ own: own.files?.[0] }));
  const options = [...gear.map(({ name }) => name), text.ownFile];
  const chosen = 'pack' in choice ? choice.pack : gear.length;
  const list = select(names, { options, chosen }, (index) => {
    own.hidden = index < gear.length;
    change(own.hidden ? { pack: index } : { own: own.files?.[0] });
  });
  return h('div', { class: 'gear' }, list, own);
}

export const button = (label: string, press: () => void, said = label): HTMLButtonElement =>
  h('button', { type: 'button', class: 'key', click: press, 'aria-label': said }, label);
