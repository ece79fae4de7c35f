import {
  downloadUrl,
  type Enrichment,
  followEnrichments,
  type Kind,
  retryEnrichment,
  shootout,
  type Shootout,
} from './api';
import { h } from './dom';
import { clock, texts } from './texts';

type Line = Readonly<{
  enrichment: Enrichment;
  percent: number | undefined;
  /** Asked for again by somebody who may not. */
  refused: boolean;
  retry: () => void;
}>;

function lineOf({ enrichment: { kind, status, media }, percent, refused, retry }: Line): HTMLElement {
  const name = texts.kinds[kind];
  if (status === 'READY' && media) return h('li', {}, h('a', { href: downloadUrl(media) }, name));
  if (status === 'FAILED') {
    const more = refused ? texts.ownerOnly : h('button', { type: 'button', click: retry }, texts.askAgain);
    return h('li', { class: 'soft' }, texts.notMade(name), ' ', more);
  }
  // Not for listeners to a screen reader: every percent would be read out.
  const share = h('span', { 'aria-hidden': 'true' }, percent === undefined ? '' : texts.share(percent));
  return h('li', { class: 'soft' }, texts.beingMade(name), share);
}

/** Draws a line anew only when it changed: whatever is focused in the others stays so. */
function drawnLines(list: HTMLElement): (line: Line) => void {
  const drawn = new Map<Kind, Readonly<{ key: string; element: HTMLElement }>>();
  return (line) => {
    const { kind } = line.enrichment;
    const key = JSON.stringify([line.enrichment, line.percent, line.refused]);
    const old = drawn.get(kind);
    if (old?.key === key) return;
    const element = lineOf(line);
    if (old) old.element.replaceWith(element);
    else list.append(element);
    drawn.set(kind, { key, element });
  };
}

/** Chapters as text, for the description of a video. */
function chapterList(enrichments: readonly Enrichment[]): readonly HTMLElement[] {
  const chapters = enrichments.find((each) => each.chapters)?.chapters ?? [];
  if (chapters.length === 0) return [];
  const lines = chapters.map(({ label, startMs }) => `${clock(startMs)} ${label}`).join('\n');
  return [h('details', {}, h('summary', {}, texts.chapters), h('pre', { tabindex: '0' }, lines))];
}

/** Montage, video and picture: followed while they are being made, asked for again where they could not be. */
export function beside({ id, enrichments: first = [] }: Shootout): HTMLElement {
  const list = h('ul', { class: 'beside', 'aria-live': 'polite', tabindex: '-1', 'aria-label': texts.besideHeading });
  const more = h('div');
  const drawLine = drawnLines(list);
  const percents = new Map<string, number>();
  const refused = new Set<Kind>();
  let enrichments = first;
  let stop: (() => void) | undefined;

  const draw = (): void => {
    for (const enrichment of enrichments) {
      const { kind } = enrichment;
      const again = () => void retry(kind);
      drawLine({ enrichment, percent: percents.get(kind), refused: refused.has(kind), retry: again });
    }
  };
  const show = (found: readonly Enrichment[]): void => {
    enrichments = found;
    draw();
    more.replaceChildren(...chapterList(found));
    if (found.some(({ status }) => status === 'PENDING')) {
      stop ??= followEnrichments(id, { changed: () => void refresh(), progress });
      return;
    }
    stop?.();
    stop = undefined;
  };
  const refresh = async (): Promise<void> => {
    const page = await shootout(id).catch(() => undefined);
    if (page) show(page.enrichments ?? []);
  };
  const progress = (kind: string, percent: number): void => {
    percents.set(kind, percent);
    draw();
  };
  const retry = async (kind: Kind): Promise<void> => {
    percents.delete(kind);
    await retryEnrichment(id, kind).catch(() => refused.add(kind));
    await refresh();
    list.focus();
  };
  show(first);
  return h('section', { hidden: first.length === 0 }, h('h2', {}, texts.besideHeading), list, more);
}
