import type { PreviewNews } from './protocol';

/** Fetching, computing and ready may come within a moment: only the last of them is worth a sentence. */
const SETTLED_MS = 300;
const QUARTER = 25;

/** Speaks to screen readers through a live region; of several texts within a moment the last one. */
export function announcerOf(region: HTMLElement | null): (words: string) => void {
  let settled: ReturnType<typeof setTimeout> | undefined;
  return (words) => {
    clearTimeout(settled);
    settled = setTimeout(() => {
      if (region) region.textContent = words;
    }, SETTLED_MS);
  };
}

/** Whether news are said aloud: of a percentage only when it enters another quarter. */
export function worthSaying(): (news: PreviewNews) => boolean {
  let quarter = -1;
  return (news) => {
    const before = quarter;
    quarter = news.state === 'computing' ? Math.floor(news.percent / QUARTER) : -1;
    return news.state !== 'computing' || quarter !== before;
  };
}
