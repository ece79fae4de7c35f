import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

const AXE = readFileSync(join(__dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

export type Shown = Readonly<{ page: Page; complaints: string[] }>;
type Options = Readonly<{ page?: Parameters<Browser['newPage']>[0]; before?: (page: Page) => Promise<unknown> }>;

/** A page with everything that the console or the network complains about. */
export async function openPage(browser: Browser, url: string, { page: options, before }: Options = {}): Promise<Shown> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) complaints.push(`foreign request ${request.url()}`);
  });
  await before?.(page);
  await page.goto(url);
  await page.waitForSelector('h1');
  return { page, complaints };
}

/** axe is evaluated by the debugger, so that the page keeps its content security policy. */
export async function axeFindings(page: Page): Promise<string[]> {
  const findings = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ['violations'] }).then((result) =>
    result.violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' ')))`);
  return findings as string[];
}

export const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
