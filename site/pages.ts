import { globSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { entries, root } from '../scripts/manifest.ts';

/** A page of the site, and the file of the repository that it is made from. Both paths are relative to their roots. */
export interface Page {
  readonly from: string;
  readonly to: string;
}

/** One line of the sidebar. */
export interface SidebarItem {
  readonly text: string;
  readonly link: string;
}

/**
 * A part of the sidebar. One that is collapsed has a link: a button within a button cannot be reached by all readers.
 */
export interface SidebarGroup {
  readonly text: string;
  readonly collapsed?: true;
  readonly link?: string;
  readonly items: readonly SidebarItem[];
}

const MARKDOWN = ['*.md', 'docs/**/*.md', 'providers/*/README.md', 'examples/**/*.md'];

/**
 * The Markdown of the repository, each file where it lies, and the examples as pages of their own. Servers and browsers
 * take an address that ends with `.ts` for a file and not for a page.
 */
export const pages: readonly Page[] = [
  ...filesOf(...MARKDOWN).map((from) => ({ from, to: from.replace(/(^|\/)README\.md$/, '$1index.md') })),
  ...filesOf('examples/**/*.{ts,mjs,yml}').map((from) => ({ from, to: `${from.replace(/\.(\w+)$/, '-$1')}.md` })),
];

/** Folders that hold pages and have no start page of their own: each gets a list of its pages. */
export const lists: readonly string[] = [...new Set(pages.map(({ to }) => posix.dirname(to)))].filter(
  (folder) => folder !== '.' && !pages.some(({ to }) => to === `${folder}/index.md`),
);

const targets = new Map([
  ...pages.map(({ from, to }) => [from, to] as const),
  ...pages.flatMap(({ to }) => (to.endsWith('/index.md') ? [[posix.dirname(to), to] as const] : [])),
  ...lists.map((folder) => [folder, `${folder}/index.md`] as const),
]);

/**
 * Where a link of a page leads on the site.
 *
 * @param page the page as it is on the site
 * @returns the link; `undefined` for a file that is in the repository and not on the site
 */
export function linkOnSite(page: string, link: string): string | undefined {
  if (/^([a-z]+:|#|\/)/i.test(link) || page.startsWith('api/')) return link;
  const [path = '', anchor] = link.split('#');
  const target = targets.get(posix.join(posix.dirname(page), path).replace(/\/$/, ''));
  if (target === undefined) return undefined;
  return `/${target}${anchor === undefined ? '' : `#${anchor}`}`;
}

/** The anchor of a heading, as the pages of the repository name it in their links. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** The first heading of a page, as plain text. */
export function titleOf(page: Page): string {
  if (!page.from.endsWith('.md')) return page.from;
  return /^# (.+)$/m.exec(textOf(page.from))?.[1]?.replaceAll('`', '') ?? page.from;
}

/** The sections of the start page of the documentation that name pages of `docs/`, in its order. */
export const guides: readonly { readonly title: string; readonly pages: readonly Page[] }[] = textOf('docs/README.md')
  .split(/^## /m)
  .map((section) => ({
    title: section.split('\n', 1)[0] ?? '',
    pages: [...section.matchAll(/\]\(([\w.-]+\.md)\)/g)].flatMap(([, name = '']) =>
      pages.filter(({ from }) => from === `docs/${name}`),
    ),
  }))
  .filter((section) => section.pages.length > 0);

/** The sidebar: the sections of the start page, providers, every export, examples, decisions, and the project. */
export function sidebar(): readonly SidebarGroup[] {
  const group = (text: string, items: readonly Page[]): SidebarGroup => ({
    text,
    items: items.map((page) => ({ text: titleOf(page), link: `/${page.to}` })),
  });
  const below = (folder: string): readonly Page[] => pages.filter(({ from }) => from.startsWith(`${folder}/`));
  return [
    ...guides.map((section) => group(section.title, section.pages)),
    group('Providers', below('providers')),
    {
      text: 'Reference',
      items: entries.map(({ specifier }) => ({ text: specifier, link: `/api/${specifier}/index.md` })),
    },
    { ...group('Examples', below('examples')), collapsed: true, link: '/examples/' },
    { ...group('Decisions', below('docs/decisions')), collapsed: true, link: '/docs/decisions/' },
    {
      ...group(
        'Project',
        pages.filter(({ from }) => !from.includes('/') && from !== 'README.md'),
      ),
      collapsed: true,
      link: '/CONTRIBUTING',
    },
  ];
}

/** A file of the repository. */
export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function filesOf(...patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .toSorted();
}
