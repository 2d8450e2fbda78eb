import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';
import { serveConsole, type LocalConsole } from '../../src/console/local-server.ts';
import { CHROMIUM, startBrowser } from './support/browser.ts';
import { openConsoleSet, type ConsoleSet } from './support/open-console.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Writes the pictures of docs/console.md.
const PICTURES = process.env['CANCELKIT_PICTURES'];

if (CHROMIUM === undefined)
  console.warn('There is no Chromium on this machine: the tests of the console in a browser are skipped.');

describe.runIf(CHROMIUM !== undefined)('the console in a browser', { timeout: 60_000 }, () => {
  let set: ConsoleSet;
  let served: LocalConsole;
  let origin: string;
  let browser: Browser;
  beforeAll(async () => {
    set = await openConsoleSet();
    for (const id of ['bulk-a', 'bulk-b', 'dunning-0931', 'order-88213', 'order-88240', 'by-keyboard', 'newest']) {
      await set.addUnknown(id, id.startsWith('order') ? `INV-${id}` : undefined);
    }
    for (let index = 0; index < 6; index += 1) await set.addDone(`done-${index}`, `INV-2026-10${index}`);
    for (let index = 0; index < 3; index += 1) await set.addPlanned(`later-${index}`);
    const { serverId } = set.sandbox.vpsbg.add({ locked: true });
    await set.queue.enqueue(
      { account: 'vpsbg', service: { serverId }, when: 'immediate', reason: { text: 'Fraud' } },
      { id: 'refused-1' },
    );
    await set.work();
    served = await serveConsole({ queue: set.queue, by: 'Kim', port: 0, onError: () => undefined });
    origin = new URL(served.url).origin;
    browser = await startBrowser();
    if (PICTURES !== undefined) await takePictures();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await served.close();
    await set[Symbol.asyncDispose]();
  });

  async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(served.url);
    return page;
  }

  async function takePictures(): Promise<void> {
    const directory = join(root, 'docs', 'images');
    mkdirSync(directory, { recursive: true });
    for (const [name, path, options] of [
      ['console-list', '/?show=all', { colorScheme: 'light' }],
      ['console-decision', '/cancellation?id=order-88240', { colorScheme: 'light' }],
    ] as const) {
      const page = await signedIn({ viewport: { width: 1180, height: 760 }, ...options });
      await page.goto(origin + path);
      await page.screenshot({ path: join(directory, `${name}.png`) });
    }
  }

  const cancellation = (id: string): string => `${origin}/cancellation?id=${id}`;
  const PATHS = [
    '/',
    '/?show=all',
    '/?show=proposed',
    '/accounts',
    '/cancellation?id=order-88240',
    '/cancellation?id=done-0',
    '/cancellation?id=later-0',
    '/cancellation?id=refused-1',
    '/nothing',
  ];

  it('lets the token leave the address bar, and keeps scripts from the cookie', async () => {
    const page = await signedIn();
    expect(page.url()).toBe(`${origin}/`);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.context().cookies()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: expect.stringMatching(/^cancelkit_\d+$/), httpOnly: true, sameSite: 'Strict' }),
      ]),
    );
  });

  it('runs no script of a page, and sends no form elsewhere', async () => {
    const page = await signedIn();
    const blocked: string[] = [];
    page.on('console', (message) => blocked.push(message.text()));
    await page.goto(
      `${origin}/?show=all&q=${encodeURIComponent('"><img src=x onerror="window.hit=1"><script>window.hit=1</script>')}`,
    );
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.hit=1"><form id="evil" action="https://evil.example/"></form>')`,
    );
    await page.evaluate(`document.getElementById('evil').submit()`);
    await page.waitForTimeout(100);
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(page.url()).toContain(origin);
    expect(blocked.join('\n')).toMatch(/Content Security Policy/);
  });

  it('loads its own style and script, and nothing else fails', async () => {
    const page = await signedIn();
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    page.on('response', (response) => response.status() >= 400 && failed.push(response.url()));
    page.on('console', (message) => message.type() === 'error' && failed.push(message.text()));
    page.on('pageerror', (error) => failed.push(error.message));
    for (const path of PATHS.slice(0, -1)) await page.goto(origin + path, { waitUntil: 'networkidle' });
    expect(failed).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.querySelector("header")).display')).toBe('flex');
  });

  it('takes a form of another site for what it is', async () => {
    const page = await signedIn();
    const evil = await page.context().newPage();
    await evil.route('http://evil.example/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${origin}/decide"><input name="id" value="order-88213"><input name="as" value="refused"></form><script>document.forms[0].submit()</script>`,
      }),
    );
    await evil.goto('http://evil.example/');
    await evil.waitForURL(`${origin}/decide`);
    expect(await evil.textContent('body')).toContain('You are not signed in here');
    expect((await set.queue.get('order-88213'))?.state).toBe('unknown');
  });

  it('does not send again if the id is not typed correctly', async () => {
    const page = await signedIn();
    await page.goto(cancellation('order-88213'));
    await page.locator('.choice.risky').click();
    await page.getByLabel(/to confirm/).fill('kvm_wrong');
    await page.getByRole('button', { name: 'Record decision' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Nothing was sent.');
    expect((await set.queue.get('order-88213'))?.state).toBe('unknown');
  });

  it('takes a decision by the keyboard alone', async () => {
    const page = await signedIn();
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL(/cancellation/);
    const id = new URL(page.url()).searchParams.get('id') ?? '';
    await page.keyboard.press('d');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.getByLabel('Note').focus();
    await page.keyboard.type('The client area says “Cancellation Requested”');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=recorded/);
    expect((await set.queue.get(id))?.history.at(-1)?.data).toMatchObject({
      by: 'Kim',
      as: 'requested',
      note: expect.stringContaining('Requested'),
    });
    await page.keyboard.press('u');
    await page.waitForURL(`${origin}/`);
    await page.keyboard.press('/');
    await page.keyboard.type('INV');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=INV/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
  });

  it('decides for a selection', async () => {
    const page = await signedIn();
    for (const id of ['bulk-a', 'bulk-b']) await page.getByLabel(new RegExp(`^Select .*${id}$`)).check();
    await page.getByLabel('Decision for the selected ones').selectOption('completed');
    await page.getByLabel('Note for the selected ones').fill('both are over');
    await page.getByRole('button', { name: 'Record for the selected ones' }).click();
    expect(await page.textContent('h1')).toBe('2 recorded, 0 not');
    expect((await set.queue.get('bulk-b'))?.state).toBe('completed');
  });

  it('notifies who decides on an old page', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    for (const page of [one, other]) await page.goto(cancellation('dunning-0931'));
    for (const page of [one, other]) {
      await page.locator('input[value=refused]').check();
      await page.getByRole('button', { name: 'Record decision' }).click();
    }
    expect(await other.getByRole('alert').textContent()).toContain('It has changed since you opened the page');
    expect((await set.queue.get('dunning-0931'))?.history.filter(({ type }) => type === 'resolved')).toHaveLength(1);
  });

  it('shows fresh rows by itself, unless rows are selected', async () => {
    const page = await signedIn();
    await page.goto(`${origin}/?show=planned`);
    await page.getByLabel(/later-1$/).check();
    await set.addPlanned('fresh-1');
    await page.waitForTimeout(5_500);
    expect(await page.getByLabel(/later-1$/).isChecked()).toBe(true);
    await page.getByLabel(/later-1$/).uncheck();
    await page.getByLabel(/fresh-1$/).waitFor({ timeout: 45_000 });
  });

  it('says that its rows are old while the console does not answer', async () => {
    const page = await signedIn();
    await page.goto(`${origin}/?show=planned`);
    const notice = page.getByText('This page is not up to date');
    expect(await notice.isVisible()).toBe(false);
    await page.route('**/*', (route) => route.abort());
    await notice.waitFor({ timeout: 45_000 });
    await page.unroute('**/*');
    await notice.waitFor({ state: 'hidden', timeout: 45_000 });
  });

  it('needs no JavaScript', async () => {
    const page = await signedIn({ javaScriptEnabled: false });
    await page.goto(`${origin}/?show=all`);
    await page.getByPlaceholder('Service, reference or id').fill('order-88240');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/q=order-88240/);
    await page.locator('a.row-link').click();
    const id = new URL(page.url()).searchParams.get('id');
    await page.locator('summary').first().click();
    expect(await page.locator('pre').first().isVisible()).toBe(true);
    if ((await set.queue.get(id ?? ''))?.state === 'unknown') {
      await page.locator('input[value=scheduled]').check();
      await page.getByLabel('End date, if you know it').fill('2030-12-31');
      await page.getByRole('button', { name: 'Record decision' }).click();
      expect(page.url()).toContain('done=recorded');
    }
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s and on a phone', async (colorScheme) => {
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 360, height: 700 },
    ]) {
      const page = await signedIn({ colorScheme, viewport, bypassCSP: true });
      for (const path of PATHS) {
        await page.goto(origin + path);
        // A decision that was not taken is shown on the page itself.
        await page.evaluate(axe);
        const found = await page.evaluate(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 120) + ' ' + nodes[0].failureSummary))`,
        );
        expect({ path, viewport: viewport.width, found }).toEqual({ path, viewport: viewport.width, found: [] });
      }
    }
  });

  it('scrolls on a phone in one direction only', async () => {
    const page = await signedIn({ viewport: { width: 360, height: 700 } });
    for (const path of PATHS) {
      await page.goto(origin + path);
      const isNarrow = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
      const wide = await page.evaluate(
        `[...document.querySelectorAll('main *, header *')].filter((at) => at.getBoundingClientRect().right > innerWidth).map((at) => at.outerHTML.slice(0, 80))`,
      );
      expect({ path, isNarrow, wide: isNarrow === true ? [] : wide }).toEqual({ path, isNarrow: true, wide: [] });
    }
  });
});
