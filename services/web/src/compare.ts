import { type Metrics, metricsOf, type Shootout, type Tone } from './api';
import { h } from './dom';
import { texts } from './texts';

const { measures } = texts;
const named = Object.keys(measures) as (keyof Metrics)[];

/** It scrolls by itself where the window is narrow, also by keyboard. */
const scrolling = (label: string, table: HTMLElement): HTMLElement =>
  h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label }, table);

function tableOf(titles: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = h('thead', {}, h('tr', {}, ...titles.map((title) => h('th', { scope: 'col' }, title))));
  return h('table', {}, head, h('tbody', {}, ...rows));
}

const rowOf = (label: string, ...cells: readonly HTMLElement[]): HTMLElement =>
  h('tr', {}, h('th', { scope: 'row' }, h('bdi', {}, label)), ...cells);

const levels = ({ label, integratedLufs, truePeakDbtp, gainDb, text }: Tone): HTMLElement =>
  rowOf(
    label,
    h('td', {}, texts.lufs(integratedLufs)),
    h('td', {}, texts.dbtp(truePeakDbtp)),
    h('td', {}, texts.db(gainDb)),
    h('td', { class: 'words' }, text ?? ''),
  );

/** Mean of the tones that have such a number. */
function meanOf(found: readonly Metrics[], name: keyof Metrics): number | null {
  const values = found.flatMap((each) => each[name] ?? []);
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

function cell(name: keyof Metrics, value: number | null, mean: number | null): HTMLElement {
  if (value === null || mean === null) return h('td', {}, texts.noMeasure);
  const { show, signed } = measures[name];
  return h('td', {}, show(value), h('span', { class: 'soft difference' }, signed(value - mean)));
}

/** Every measured number, and by how much it differs from the mean of the set. */
async function metricsTable({ tones }: Shootout): Promise<HTMLElement> {
  const found = await Promise.all(tones.flatMap(({ media }) => (media.data ? [metricsOf(media.data)] : [])));
  const means = named.map((name) => meanOf(found, name));
  const rows = tones.map(({ label }, tone) =>
    rowOf(label, ...named.map((name, i) => cell(name, found[tone]?.[name] ?? null, means[i] ?? null))),
  );
  const titles = [texts.tone, ...named.map((name) => measures[name].title)];
  return scrolling(texts.allMeasures, tableOf(titles, rows));
}

/** The numbers are files of their own: they are fetched when somebody wants to see them. */
function allMeasures(page: Shootout): HTMLElement {
  const body = h('div', {}, texts.loading);
  const details = h('details', {}, h('summary', {}, texts.allMeasures), body);
  let asked = false;
  details.addEventListener('toggle', () => {
    if (!details.open || asked) return;
    asked = true;
    metricsTable(page)
      .then((table) => body.replaceChildren(table))
      .catch(() => {
        asked = false;
        body.replaceChildren(texts.failed);
      });
  });
  return details;
}

/** What was measured of every tone, and how it differs from the others in words and numbers. */
export function comparison(page: Shootout): HTMLElement {
  const titles = [texts.tone, texts.integrated, texts.truePeak, texts.gain, texts.differs];
  const table = scrolling(texts.compareHeading, tableOf(titles, page.tones.map(levels)));
  const measured = page.tones.every(({ media }) => media.data);
  return h('section', {}, h('h2', {}, texts.compareHeading), table, ...(measured ? [allMeasures(page)] : []));
}
