// Takes the README's picture of the listen page from a running stack: node tools/screenshot.mjs <listen address> <file>
import { chromium } from 'playwright-core';
import { programs } from './lib/programs.mjs';

const [address, file] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: programs('chromium').chromium,
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1000, height: 860 }, colorScheme: 'light' });
await page.goto(address);
await page.waitForFunction(() => window.player?.state().sources.every((source) => source.phase === 'ready'));
await page.keyboard.press('Space');
await page.keyboard.press('3');
await page.waitForFunction(() => window.player.positionMs() > 3000);
await page.screenshot({ path: file });
await browser.close();
