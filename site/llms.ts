import { manifest } from '../scripts/manifest.ts';
import { guides, pages, textOf, titleOf } from './pages.ts';

const providers = pages.filter(({ from }) => from.startsWith('providers/'));

/**
 * `llms.txt`: what the package is, and a line for each page.
 *
 * @param base the path of the host at which the site lies
 */
export function llmsIndex(base: string): string {
  const sections = [...guides, { title: 'Providers', pages: providers }].map(({ title, pages: named }) =>
    [`## ${title}`, '', ...named.map((page) => `- [${titleOf(page)}](${base}${page.from})`), ''].join('\n'),
  );
  return `# ${manifest.name}

> ${manifest.description}

The whole documentation as one text: [llms-full.txt](${base}llms-full.txt).

${sections.join('\n')}`;
}

/** `llms-full.txt`: README, guides and providers as one text, each after the name of its file. */
export function llmsFull(): string {
  const readme = pages.filter(({ from }) => from === 'README.md');
  return [...readme, ...guides.flatMap((section) => section.pages), ...providers]
    .map(({ from }) => `<!-- ${from} -->\n\n${textOf(from)}`)
    .join('\n');
}
