import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../support/chromium';
import type {} from './harness/src/proof';

const root = join(__dirname, '..', '..');
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
const FADE = { sighted: 480, blind: 480 } as const;

let server: Server;
let browser: Browser;
let page: Page;
const out = mkdtempSync(join(tmpdir(), 'gts-harness-'));

beforeAll(async () => {
  const vite = join(root, 'node_modules/.bin/vite');
  const config = join(root, 'services/web/vite.config.mjs');
  const built = spawnSync(vite, ['build', join(__dirname, 'harness'), '--config', config, '--outDir', out], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
  server = createServer((request, response) => {
    const file = request.url === '/' ? '/index.html' : (request.url ?? '');
    response.setHeader('content-type', types[extname(file)] ?? 'text/plain');
    try {
      response.end(readFileSync(join(out, file)));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await startChromium();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.click('button'); // sound needs a gesture
});
afterAll(async () => {
  await browser.close();
  server.close();
  rmSync(out, { recursive: true, force: true });
});

test.each(['sighted', 'blind'] as const)(
  '%s: between fades every frame is the source at the same position, in the order pressed',
  async (law) => {
    const { order, fades, exact, gaps, pressed } = await page.evaluate((name) => window.proof.switches(name, 50), law);
    expect(order).toEqual(pressed);
    expect(gaps).toBe(0);
    expect(Math.max(...fades)).toBeLessThanOrEqual(FADE[law]);
    expect(exact).toBeGreaterThan(48_000 * 3);
  },
);

test.each([
  ['sighted', 1 / 480],
  ['blind', 1 / 240],
] as const)('%s: 300 switches 3 to 30 ms apart never step further than the law allows', async (law, bound) => {
  const most = await page.evaluate((name) => window.proof.storm(name, 300), law);
  expect(most).toBeLessThanOrEqual(bound * 1.001);
  expect(most).toBeGreaterThan(bound * 0.5);
});

test('a tone decoded during play joins without lag, whenever it comes', async () => {
  const moments = Array.from({ length: 20 }, (_, i) => (i * 37) % 101);
  const verdicts = await page.evaluate((all) => Promise.all(all.map((ms) => window.proof.lateJoin(ms))), moments);
  expect(verdicts.map(({ order }) => order)).toEqual(moments.map(() => [0, 1]));
});

test('a busy main thread before, within and after play changes nothing', async () => {
  expect((await page.evaluate(() => window.proof.jammed())).order).toEqual([0, 1]);
});
