import { join } from 'node:path';
import * as v from 'valibot';
import { defineConfig, type MarkdownOptions } from 'vitepress';
import { manifest, root } from '../../scripts/manifest.ts';
import { anchorOf, linkOnSite, sidebar } from '../pages.ts';

type Renderer = Parameters<NonNullable<MarkdownOptions['config']>>[0];

const environment = v.object({ relativePath: v.string() });
const made = join(root, '.cache/site');

/** The site of the documentation: no request leaves the reader's browser for another host, the search included. */
export default defineConfig({
  title: manifest.name,
  description: manifest.description,
  srcDir: join(made, 'pages'),
  outDir: join(made, 'built'),
  cacheDir: join(made, 'cache'),
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  vite: { publicDir: join(made, 'pages/public') },
  markdown: {
    config: likeTheRepository,
    anchor: { slugify: anchorOf },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guides', link: '/docs/' },
      { text: 'Reference', link: '/api/' },
      { text: 'Changes', link: '/CHANGELOG' },
    ],
    sidebar: sidebar().map(({ items, ...group }) => ({
      ...group,
      items: items.map((item) => ({ text: item.text, link: item.link.replace(/(index)?\.md$/, '') })),
    })),
  },
});

function likeTheRepository(markdown: Renderer): void {
  leadWithinTheSite(markdown);
  drawDiagrams(markdown);
}

/** Leaves diagrams to the browser, which draws them: see theme/index.js. Without a script their text is shown. */
function drawDiagrams(markdown: Renderer): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() === 'mermaid')
      return `<pre class="mermaid" v-pre>${markdown.utils.escapeHtml(token.content)}</pre>`;
    return fence?.(tokens, index, options, env, self) ?? '';
  };
}

/** Makes links between files of the repository lead to their pages, and text of those whose file has no page. */
function leadWithinTheSite(markdown: Renderer): void {
  markdown.core.ruler.push('links-of-the-repository', (state) => {
    const page = v.parse(environment, state.env).relativePath;
    for (const { children } of state.tokens) {
      if (children === null) continue;
      const opened: boolean[] = [];
      for (const token of children) {
        if (token.type === 'link_open') {
          const link = linkOnSite(page, token.attrGet('href') ?? '');
          if (link === undefined) Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
          else token.attrSet('href', link);
          opened.push(link !== undefined);
        } else if (token.type === 'link_close' && opened.pop() === false) {
          Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
        }
      }
    }
  });
}
