import { browse, type Summary } from './api';
import { h } from './dom';
import { texts } from './texts';

const card = ({ id, title, tones, durationMs }: Summary): HTMLElement =>
  h(
    'li',
    { class: 'card' },
    h('h2', {}, h('a', { href: `/listen/${id}` }, title)),
    h('span', { class: 'soft' }, `${texts.tones(tones)} · ${texts.duration(durationMs)}`),
  );

/** Public shootouts, newest first. */
export async function home(main: HTMLElement): Promise<void> {
  document.title = texts.title;
  const list = h('ul', { class: 'list' });
  const more = h('div');
  const load = async (cursor?: string): Promise<void> => {
    const { items, next } = await browse(cursor);
    list.append(...items.map(card));
    more.replaceChildren(...(next ? [h('button', { type: 'button', click: () => void load(next) }, texts.more)] : []));
  };
  await load();
  const body = list.childElementCount > 0 ? list : h('p', { class: 'card' }, texts.empty);
  main.replaceChildren(h('h1', {}, texts.homeHeading), h('p', { class: 'soft' }, texts.homeIntro), body, more);
}
