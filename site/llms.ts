import { manifest } from '../scripts/manifest.ts';
import { guides, pages, textOf, titleOf, type Page } from './pages.ts';

const providers = pages.filter(({ from }) => from.startsWith('providers/'));

/** `llms.txt`: what the package is, and a line for each page. */
export function llmsIndex(): string {
  const line = (page: Page): string => `- [${titleOf(page)}](/${page.to})`;
  return `# ${manifest.name}

> ${manifest.description}

The whole documentation as one text: [/llms-full.txt](/llms-full.txt).

## Guides

${guides.map(line).join('\n')}

## Providers

${providers.map(line).join('\n')}
`;
}

/** `llms-full.txt`: README, guides and providers as one text, each after the name of its file. */
export function llmsFull(): string {
  const readme = pages.filter(({ from }) => from === 'README.md');
  return [...readme, ...guides, ...providers].map(({ from }) => `<!-- ${from} -->\n\n${textOf(from)}`).join('\n');
}
