import { execFile } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entries, root } from '../../scripts/manifest.ts';
import { llmsIndex } from '../../site/llms.ts';
import { pages, textOf } from '../../site/pages.ts';
import { ERROR_CODES } from '../../src/contract/error-code.ts';
import { CHROMIUM, startBrowser } from '../console/support/browser.ts';
import { listen } from '../support/listen.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const built = join(root, '.cache/site/built');
let html: ReadonlyMap<string, string>;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['site/build.ts'], { cwd: root });
  const files = globSync('**/*.html', { cwd: built }).map((path) => path.split(sep).join('/'));
  html = new Map(files.map((file) => [`/${file}`, readFileSync(join(built, file), 'utf8')]));
}, 600_000);

describe('the site', () => {
  it('has a page for each file of the documentation and for each entry of the package', () => {
    const expected = [
      ...pages.map(({ to }) => `/${to.replace(/\.md$/, '.html')}`),
      ...entries.map(({ specifier }) => `/api/${specifier}/index.html`),
    ];
    expect(expected.filter((page) => !html.has(page))).toEqual([]);
  });

  it('has no dead link, neither in a page nor in the sidebar', () => {
    expect(linksWithin().length).toBeGreaterThan(1000);
    expect([
      ...new Set(
        linksWithin()
          .filter(({ dead }) => dead)
          .map(({ from, link }) => `${from}: ${link}`),
      ),
    ]).toEqual([]);
  });

  it('loads nothing from another host', () => {
    const foreign = [...html.values()].flatMap((text) =>
      [...text.matchAll(/<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?:[^"]+)"/g)].map(
        ([, address]) => address,
      ),
    );
    expect(foreign).toEqual([]);
  });

  it('has a permanent address for each error code', () => {
    const page = html.get('/docs/errors.html') ?? '';
    expect(Object.keys(ERROR_CODES).filter((code) => !page.includes(` id="${code}"`))).toEqual([]);
  });

  it('has all of its text for language models', () => {
    const index = readFileSync(join(built, 'llms.txt'), 'utf8');
    const full = readFileSync(join(built, 'llms-full.txt'), 'utf8');
    const linked = [...index.matchAll(/\]\(\/([^)]+)\)/g)].map(([, path = '']) => path);
    expect(linked.filter((path) => !isFile(join(built, path)))).toEqual([]);
    expect(readFileSync(join(built, 'docs/errors.md'), 'utf8')).toBe(textOf('docs/errors.md'));
    expect(linked).toContain('docs/errors.md');
    expect(full).toContain(readFileSync(join(root, 'docs/errors.md'), 'utf8'));
    expect(llmsIndex('/cancelkit/')).toContain('(/cancelkit/docs/errors.md)');
  });

  it('has no page whose address looks like that of a file', () => {
    const files = [...html.keys()].filter((page) => /\.\w+\.html$/.test(page));
    expect(files).toEqual([]);
  });

  it('refuses a base that is no path, and says what one is', async () => {
    const run = promisify(execFile)(process.execPath, ['site/build.ts', '--base', 'cancelkit'], { cwd: root });
    await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('such as /cancelkit/') });
  });
});

if (CHROMIUM === undefined)
  console.warn('There is no Chromium on this machine: the tests of the site in a browser are skipped.');

describe.runIf(CHROMIUM !== undefined)('the site in a browser', { timeout: 180_000 }, () => {
  let server: Server;
  let origin: string;
  let browser: Browser;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const file = [join(built, path), join(built, `${path}.html`), join(built, path, 'index.html')].find(isFile);
      response.writeHead(file === undefined ? 404 : 200, {
        'content-type': TYPES[extname(file ?? '')] ?? 'text/plain',
      });
      response.end(file === undefined ? '' : readFileSync(file));
    });
    origin = `http://127.0.0.1:${await listen(server)}`;
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  it('draws every diagram', async () => {
    const page = await browser.newPage();
    for (const { to } of pages.filter(({ from }) => /^```mermaid$/m.test(textOf(from)))) {
      await page.goto(`${origin}/${to.replace(/(index)?\.md$/, '')}`);
      const diagrams = page.locator('pre.mermaid');
      await diagrams.first().locator('svg').waitFor();
      const drawn = page.locator('pre.mermaid svg[aria-roledescription="flowchart-v2"]');
      await drawn.nth((await diagrams.count()) - 1).waitFor();
      expect(await drawn.count()).toBe(await diagrams.count());
    }
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s and on a phone', async (colorScheme) => {
    const found: string[] = [];
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 375, height: 700 },
    ]) {
      const page = await browser.newPage({ colorScheme, viewport });
      for (const path of ['/', '/docs/errors', '/docs/concepts']) {
        await page.goto(`${origin}${path}`);
        await page.evaluate(axe);
        const violations: readonly string[] = await page.evaluate(
          // The key beside the word "Search" is a hint, and no part of the button's name.
          `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], rules: { 'label-content-name-mismatch': { enabled: false } } })
             .then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 120)))`,
        );
        found.push(...violations.map((violation) => `${path} ${viewport.width}: ${violation}`));
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        if (overflow !== 0) found.push(`${path} ${viewport.width}: scrolls sideways`);
      }
      await page.close();
    }
    expect(found).toEqual([]);
  });

  it('finds a page by a word of it', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/docs/`);
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.getByPlaceholder('Search').fill('timing_conflict');
    await page.locator('#localsearch-list .result').first().waitFor();
    expect(await page.locator('#localsearch-list .result').first().innerText()).toMatch(/timing_conflict/i);
    await page.close();
  });
});

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
};

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

interface Link {
  readonly from: string;
  readonly link: string;
  readonly dead: boolean;
}

/** Every link to a page of the site, with its anchor. */
function linksWithin(): readonly Link[] {
  return [...html].flatMap(([from, text]) =>
    [...text.matchAll(/<a [^>]*?href="([^"]+)"/g)].flatMap(([, href = '']) => {
      if (/^[a-z]+:/i.test(href)) return [];
      const [path = '', anchor] = href.replaceAll('&amp;', '&').split('#');
      const target = path === '' ? from : fileOf(posix.resolve(posix.dirname(from), path), path.endsWith('/'));
      const found = html.get(target);
      const isThere = anchor === undefined || anchor === '' || found?.includes(` id="${decodeURIComponent(anchor)}"`);
      return [{ from, link: href, dead: found === undefined || isThere !== true }];
    }),
  );
}

function fileOf(path: string, isFolder: boolean): string {
  if (isFolder || path === '/') return posix.join(path, 'index.html');
  return path.endsWith('.html') ? path : `${path}.html`;
}
