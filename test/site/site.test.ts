import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/contract/error-code.ts';
import { entries, root } from '../../scripts/manifest.ts';
import { pages } from '../../site/pages.ts';

const built = join(root, '.cache/site/built');
let html: ReadonlyMap<string, string>;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['site/build.ts'], { cwd: root });
  const files = globSync('**/*.html', { cwd: built }).map((path) => path.split(sep).join('/'));
  html = new Map(files.map((file) => [`/${file}`, readFileSync(join(built, file), 'utf8')]));
}, 300_000);

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
    for (const [, page = ''] of index.matchAll(/\]\((\/[^)]+\.md)\)/g))
      expect(html.has(page.replace(/\.md$/, '.html'))).toBe(true);
    expect(index).toContain('(/docs/errors.md)');
    expect(full).toContain(readFileSync(join(root, 'docs/errors.md'), 'utf8'));
  });
});

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
