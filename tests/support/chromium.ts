import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

// Without these the browser tries to reach its maker's servers at every start.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=user-gesture-required',
];

/** The system's real Chromium, without a window. */
export function startChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  if (!executablePath) throw new Error('chromium is not installed: npm test installs it');
  return chromium.launch({ executablePath, args: QUIET });
}
