import '../style.css';
import './preview.css';
import { h } from '../dom';
import { announcerOf } from './announce';
import { createDesk } from './desk';
import { type Draft, requestOf } from './draft';
import { createEditor } from './editor';
import type { PreviewNews } from './protocol';
import { createSound } from './sound';
import { startWorker } from './worker-client';
import { text } from './words';

/** A drag of a slider is one request, not fifty. */
const SETTLED_MS = 60;

type Overheard = PreviewNews & Readonly<{ atMs: number }>;

declare global {
  interface Window {
    /** For people who look behind the page, and for its tests: what was said, and what ends it. */
    preview?: Readonly<{
      news: readonly Overheard[];
      audio: () => AudioContextState | undefined;
      close: () => Promise<void>;
    }>;
  }
}

/** The newest news of one request without its sound, which belongs to the audio thread. */
const MOST_NEWS = 500;
const silentNews = (news: PreviewNews): PreviewNews =>
  news.state === 'ready' ? { ...news, now: new Float32Array(0), before: news.before && new Float32Array(0) } : news;

function show(main: HTMLElement): void {
  const sound = createSound();
  const news: Overheard[] = [];
  let places: readonly number[] = [];
  const worker = startWorker((next, current) => {
    news.push({ ...silentNews(next), atMs: performance.now() });
    if (news.length > MOST_NEWS) news.shift();
    if (!current) return;
    desk.show('blockIndex' in next ? { ...next, blockIndex: places[next.blockIndex ?? -1] ?? null } : next);
    if (next.state === 'ready') void sound.load(next);
  });
  let settled: ReturnType<typeof setTimeout> | undefined;
  const ask = (draft: Draft) => {
    // The worker counts the blocks that it plays.
    places = draft.blocks.flatMap(({ bypass }, i) => (bypass ? [] : [i]));
    const request = requestOf(draft);
    if (typeof request === 'string') {
      worker.cancel();
      desk.say(text.choose(request));
    } else worker.request(request);
  };
  const editor = createEditor((draft) => {
    clearTimeout(settled);
    settled = setTimeout(() => ask(draft), SETTLED_MS);
  });
  const announce = announcerOf(document.getElementById('announcer'));
  const desk = createDesk({ sound, shorten: () => editor.shorten(), announce });
  main.replaceChildren(h('h1', {}, text.heading), h('p', { class: 'soft' }, text.intro), desk.element, editor.element);
  editor.start();
  const close = async () => {
    worker.close();
    await sound.close();
  };
  window.preview = { news, audio: () => sound.context()?.state, close };
  addEventListener('pagehide', () => void close());
  // A page from the browser's memory comes back without its worker.
  addEventListener('pageshow', ({ persisted }) => void (persisted && location.reload()));
}

const main = document.getElementById('main');
if (main) show(main);
