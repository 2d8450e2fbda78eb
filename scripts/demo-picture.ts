/**
 * Makes `docs/images/demo.svg`, a recording of the demo's real output, in which line follows line:
 * `npm run build && node scripts/demo-picture.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './manifest.ts';
import { run } from './run.ts';

const LINES = 44;
const COLUMNS = 116;
const LINE_HEIGHT = 18;
const SECONDS_PER_LINE = 0.12;

/** The style of each code of the terminal that the demo uses, as a class; `''` ends all. */
const CLASSES: Readonly<Record<string, string>> = {
  '1': 'bold',
  '2': 'dim',
  '4': 'under',
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
  '36': 'cyan',
};

/** A terminal's output as a picture: its first lines, each cut at the width. */
export function pictureOf(output: string): string {
  const lines = output.trim().split('\n').slice(0, LINES).map(spans);
  const rows = lines.map((line, index) => {
    const delay = (index * SECONDS_PER_LINE).toFixed(2);
    return `<text x="16" y="${(index + 3) * LINE_HEIGHT}" style="animation-delay:${delay}s">${line}</text>`;
  });
  const height = (lines.length + 4) * LINE_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 ${height}" xml:space="preserve" role="img" aria-label="The demo’s output: each provider’s request, answer and outcome">
<style>
rect{fill:#16181d}
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d7dae0;white-space:pre;animation:show .2s both}
.bold{font-weight:700}.dim{fill:#8b93a1}.under{text-decoration:underline}
.red{fill:#ff7b72}.green{fill:#7ee787}.yellow{fill:#f2cc60}.cyan{fill:#79c0ff}
@keyframes show{from{opacity:0}}
@media (prefers-reduced-motion:reduce){text{animation:none}}
</style>
<rect width="960" height="${height}" rx="10"/>
${rows.join('\n')}
</svg>
`;
}

/** One line as styled parts. */
function spans(line: string): string {
  const active = new Set<string>();
  let room = COLUMNS;
  // oxlint-disable-next-line no-control-regex -- the escape of the terminal's codes is what is looked for
  return [...line.matchAll(/\u001B\[(\d*)m|[^\u001B]+/g)]
    .map(([text, code]) => {
      if (code !== undefined) {
        const name = CLASSES[code];
        if (name === undefined) active.clear();
        else active.add(name);
        return '';
      }
      const shown = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
      if (room <= 0) return '';
      room -= text.length;
      const escaped = shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return active.size === 0 ? escaped : `<tspan class="${[...active].join(' ')}">${escaped}</tspan>`;
    })
    .join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env['FORCE_COLOR'] = '1';
  const { ok, output } = await run(['node', 'examples/demo.ts']);
  if (!ok) throw new Error(output);
  const file = join(root, 'docs/images/demo.svg');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, pictureOf(output));
}
