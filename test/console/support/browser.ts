import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Names another browser than those that are looked for. */
const GIVEN = process.env['CANCELKIT_TEST_CHROMIUM'];

const PLACES: readonly string[] = [
  ...(GIVEN === undefined ? [] : [GIVEN]),
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium of this machine; `undefined` if it has none. */
export const CHROMIUM: string | undefined = PLACES.find((path) => existsSync(path));

/** Starts it. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM ?? 'chromium',
    // Its own sandbox does not run for root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
