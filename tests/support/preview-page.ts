import type { Page } from 'playwright-core';
import { eventually } from './eventually';

/** Overhears what the page sends to the loudspeaker, and every task of its main thread above 50 ms. */
export const overhear = (page: Page) =>
  page.addInitScript(() => {
    const overheard: NonNullable<Window['overheard']> = { longTasks: [] };
    window.overheard = overheard;
    const note = (list: PerformanceObserverEntryList) =>
      list.getEntries().forEach(({ duration }) => overheard.longTasks.push(Math.round(duration)));
    new PerformanceObserver(note).observe({ type: 'longtask', buffered: true });
    const connect = Reflect.get(AudioNode.prototype, 'connect') as (this: AudioNode, to: AudioNode) => AudioNode;
    AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode) {
      if (to === this.context.destination && !overheard.analyser) {
        overheard.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
        connect.call(this, overheard.analyser);
      }
      return connect.call(this, to);
    } as AudioNode['connect'];
  });

export const newsOf = (page: Page) => page.evaluate(() => [...(window.preview?.news ?? [])]);

/** Does something and waits for the next end of a request. */
export async function ends(page: Page, state: string, act: () => Promise<unknown> = () => Promise.resolve()) {
  const before = (await newsOf(page)).length;
  await act();
  await page.waitForFunction(
    ([wanted, seen]) => window.preview?.news.slice(seen).some((each) => each.state === wanted),
    [state, before] as const,
    { timeout: 60_000 },
  );
  const news = (await newsOf(page)).slice(before);
  const found = news.find((each) => each.state === state);
  if (!found) throw new Error(`no ${state}`);
  return found;
}
export const start = async (page: Page) => {
  await page.waitForFunction(() => window.preview?.news.some(({ state }) => state === 'ready'), undefined, {
    timeout: 60_000,
  });
  return (await newsOf(page)).at(-1);
};
export const choose = (page: Page, label: string, option: string) =>
  page.getByRole('combobox', { name: label, exact: true }).selectOption(option);

/** The hash of the newest sound, once it is the expected one. @throws Error when it never is */
export async function settles(page: Page, expected: string) {
  const newest = () => newsOf(page).then((news) => news.findLast(({ state }) => state === 'ready')?.sha256);
  return eventually(newest, (sha256) => sha256 === expected);
}
