import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';
import { anchorOf } from '../../site/pages.ts';
import { filesOf, textOf } from './source-tree.ts';

const pages = filesOf('*.md', 'docs/**/*.md', 'providers/*/README.md', 'examples/**/*.md');

/** The headings of a page, as links name them. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

describe('the pages', () => {
  it('link to nothing that does not exist', () => {
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)].flatMap(([, link = '']) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : posix.join(posix.dirname(page), path);
        if (!existsSync(join(root, target))) return [`${page}: ${link}`];
        if (anchor === undefined || !target.endsWith('.md')) return [];
        return anchorsOf(target).includes(anchor) ? [] : [`${page}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('below docs/ are all in its start page', () => {
    const start = textOf('docs/README.md');
    const missing = filesOf('docs/*.md').filter(
      (page) => page !== 'docs/README.md' && dirname(page) === 'docs' && !start.includes(`](${posix.basename(page)})`),
    );
    expect(missing).toEqual([]);
  });

  it('keep README.md and the pages of the queue short', () => {
    const long = ['README.md', ...filesOf('docs/queue*.md')].filter((page) => textOf(page).split('\n').length > 201);
    expect(long).toEqual([]);
  });
});
