import { h } from '../dom';
import { worthSaying } from './announce';
import { button } from './fields';
import type { PreviewNews } from './protocol';
import type { Sound } from './sound';
import { text } from './words';

type Which = 'now' | 'before';

/** What is said of news; undefined leaves the last words. */
function said(news: PreviewNews): string | undefined {
  if (news.state === 'fetching') return text.fetching;
  if (news.state === 'computing') return text.computing(news.percent);
  if (news.state === 'slow') return text.slow(news.seconds);
  if (news.state === 'ready') return text.ready(news.targetLufs, news.gainDb);
  if (news.state === 'cancelled') return undefined;
  return text[news.state](news.blockIndex, news.detail);
}

/** The choice between what is heard now and what was heard before it. */
function comparison(choose: (which: Which) => void) {
  const options = (['now', 'before'] as const).map((which) => {
    const input = h('input', { type: 'radio', name: 'compare', checked: which === 'now' });
    input.disabled = which === 'before';
    input.addEventListener('change', () => choose(which));
    return { which, input, label: h('label', { class: 'check' }, input, text[which]) };
  });
  const labels = options.map(({ label }) => label);
  return {
    element: h('div', { class: 'row', role: 'radiogroup', 'aria-label': text.compare }, ...labels),
    renew(hasBefore: boolean): void {
      for (const { which, input } of options) {
        input.checked = which === 'now';
        input.disabled = which === 'before' && !hasBefore;
      }
    },
  };
}

function transportOf(sound: Sound, failed: () => void) {
  let playing = false;
  let which: Which = 'now';
  const toggle = button(text.play, () => {
    playing = !playing;
    toggle.textContent = playing ? text.stop : text.play;
    toggle.setAttribute('aria-label', toggle.textContent);
    (playing ? sound.play(which) : sound.stop()).catch(failed);
  });
  const compare = comparison((next) => {
    which = next;
    if (playing) sound.play(which).catch(failed);
  });
  const renew = (hasBefore: boolean) => {
    which = 'now';
    compare.renew(hasBefore);
  };
  return { toggle, compare: compare.element, renew };
}

type Desk = Readonly<{ sound: Sound; shorten: () => void; announce: (words: string) => void }>;

/** Play, compare and the words about what is computed. */
export function createDesk({ sound, shorten, announce }: Desk) {
  const status = h('p', { class: 'status' });
  const progress = h('progress', { max: '100', value: '0', 'aria-label': text.progress });
  const aloud = worthSaying();
  const say = (what: string, announced = true) => {
    status.textContent = what;
    if (announced) announce(what);
  };
  const { toggle, compare, renew } = transportOf(sound, () => say(text.noSound));
  const shorter = button(text.shorter, shorten);
  shorter.hidden = true;
  function show(news: PreviewNews): void {
    const words = said(news);
    if (words !== undefined) say(words, aloud(news));
    status.dataset['state'] = news.state;
    if (news.state === 'computing') progress.value = news.percent;
    else shorter.hidden = news.state !== 'slow';
    if (news.state !== 'ready') return;
    progress.value = 100;
    renew(news.before !== null);
  }
  const parts = [toggle, compare, progress, status, shorter];
  return { element: h('section', { class: 'transport desk', 'aria-label': text.desk }, ...parts), say, show };
}
