import type { Browser, Page, Route } from 'playwright-core';
import { startChromium } from '../support/chromium';
import { axeFindings, openPage, sidewaysScroll } from '../support/page';
import { startStack, type Stack } from '../support/stack';

const START_MS = 300_000;

let stack: Stack;
let browser: Browser;
let address: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ demo: true }), startChromium()]);
  address = /http:\S+\/listen\/\S+/.exec(stack.output())?.[0] ?? '';
}, START_MS);
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

const open = (url: string, page: Parameters<Browser['newPage']>[0] = {}) => openPage(browser, url, { page });
const ready = (page: Page) =>
  page.waitForFunction(() => window.player?.state().sources.every((source) => source.phase === 'ready'));

describe.each([
  ['light', 1280],
  ['dark', 320],
] as const)('%s, %d px wide', (colorScheme, width) => {
  const options = { colorScheme, viewport: { width, height: 900 } };
  test('the list and the listen page have no accessibility finding, no complaint and no sideways scrolling', async () => {
    for (const url of [stack.url, address]) {
      const { page, complaints } = await open(url, options);
      await page.waitForSelector('h2');
      expect(await axeFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
      await page.close();
    }
  });
});

test('an unknown shootout and a broken one get a page that says so', async () => {
  const { page } = await open(`${stack.url}/listen/01a1fdcf-6a30-7687-8b80-000000000000`);
  await page.waitForSelector('[role=alert]');
  expect(await page.textContent('[role=alert]')).toContain('no such shootout');
  expect(await axeFindings(page)).toEqual([]);
  await page.close();
});

test('from the list to a heard tone, by keyboard alone', async () => {
  const { page } = await open(stack.url);
  await page.waitForSelector('.card a');
  await page.focus('.card a');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=radio]');
  await ready(page);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => window.player?.state().status === 'playing');
  await page.keyboard.press('3');
  const checked = page.locator('[role=radio][aria-checked=true]');
  expect(await checked.textContent()).toContain('Copper Finch into Quarryman 45');
  expect(await page.textContent('.facts')).toContain('LUFS');
  expect(await page.locator('.chain li').allTextContents()).toEqual([
    expect.stringContaining('pedal'),
    expect.stringContaining('amp'),
    expect.stringContaining('ir'),
  ]);
  await page.keyboard.press('ArrowDown');
  expect(await checked.textContent()).toContain('Blackfell 100');
  await page.keyboard.press('Space');
  await page.waitForFunction(() => window.player?.state().status === 'paused');
  await page.waitForFunction(() => document.getElementById('announcer')?.textContent?.includes('Tone 4'));
  await page.close();
});

test('a switch keeps the position: the clock runs on as if nothing had happened', async () => {
  const { page } = await open(address);
  await ready(page);
  await page.click('.transport button');
  await page.waitForFunction(() => (window.player?.positionMs() ?? 0) > 300);
  const jumps = await page.evaluate(async () => {
    const { player } = window;
    if (!player) throw new Error('no player');
    const ids = player.state().sources.map((source) => source.id);
    const found: number[] = [];
    for (let i = 0; i < 12; i++) {
      const before = player.positionMs();
      player.select(ids[i % ids.length] ?? '');
      found.push(player.positionMs() - before);
    }
    return found;
  });
  for (const jump of jumps) {
    expect(jump).toBeGreaterThanOrEqual(0);
    expect(jump).toBeLessThan(25);
  }
  await page.close();
});

test('a tone that cannot be loaded says so, and the others play', async () => {
  const page = await browser.newPage();
  let served = 0;
  await page.route('**/media/**', (route) => (served++ === 1 ? route.abort() : route.continue()));
  await page.goto(address);
  await page.waitForFunction(() => window.player?.state().sources.some((source) => source.phase === 'failed'));
  expect(await page.locator('.phase', { hasText: 'could not be loaded' }).count()).toBe(1);
  await page.keyboard.press('Space');
  await page.waitForFunction(() => window.player?.state().status === 'playing');
  await page.close();
});

type PublicPage = Readonly<{ tones: readonly Readonly<{ media: Readonly<{ data: { mediaKey: string } }> }>[] }>;
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
type ToneJson = Readonly<{ metrics: { crestDb: number } }>;
const read = async <T>(path: string): Promise<T> => (await fetch(`${stack.url}/api/v1/${path}`)).json() as Promise<T>;

test('every measurement stands in a table, with how far it is from the mean, and agrees with tone.json', async () => {
  const { page, complaints } = await open(address);
  await page.click('text=All measurements');
  const table = page.getByRole('region', { name: 'All measurements' });
  await table.locator('tbody tr').first().waitFor();
  const titles = await table.locator('thead th').allTextContents();
  expect(titles.slice(0, 4)).toEqual(['Tone', 'Crest', 'Dynamic range', 'Spectral centre']);
  const { tones } = await read<PublicPage>(`public/shootouts/${address.split('/').at(-1)}`);
  const { metrics } = await read<ToneJson>(`media/${tones[0]?.media.data.mediaKey}`);
  expect(await table.locator('tbody tr').count()).toBe(tones.length);
  expect(await table.locator('tbody td').first().textContent()).toContain(`${oneDigit.format(metrics.crestDb)} dB`);
  expect(await axeFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

describe('montage, video and picture', () => {
  const besides = (statuses: Readonly<Record<string, string>>) => async (route: Route) => {
    const answer = await route.fetch();
    const page = (await answer.json()) as { enrichments: { kind: string; status: string }[] };
    const enrichments = page.enrichments.map((each) => ({ ...each, status: statuses[each.kind] ?? each.status }));
    await route.fulfill({ response: answer, json: { ...page, enrichments } });
  };
  const PAGE = '**/api/v1/public/shootouts/*';
  const kindLine = (page: Page, name: string) => page.locator('.beside li', { hasText: name });

  test('what is ready is a link, what is being made is followed until it is', async () => {
    const page = await browser.newPage();
    let told: (() => void) | undefined;
    // Held until the page has shown what is being made.
    const released = new Promise<void>((resolve) => (told = resolve));
    await page.route('**/api/v1/events?**', (route) => released.then(() => route.continue()));
    await page.route(PAGE, besides({ video: 'PENDING' }));
    await page.goto(address);
    await kindLine(page, 'Video (1080p) is being made').waitFor();
    await page.unroute(PAGE);
    told?.();
    await kindLine(page, 'Video').locator('a').waitFor({ timeout: 60_000 });
    const href = await kindLine(page, 'Montage').locator('a').getAttribute('href');
    expect((await fetch(`${stack.url}${href}`)).headers.get('content-disposition')).toContain('_montage.flac');
    await page.close();
  });
  test('what could not be made says so; who may not ask for it again is told', async () => {
    const { page, complaints } = await open(stack.url);
    await page.route(PAGE, besides({ video: 'FAILED' }));
    await page.goto(address);
    await kindLine(page, 'Video (1080p) is not available').locator('button').click();
    await kindLine(page, 'Only its owner').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
