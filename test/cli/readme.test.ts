import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textOf } from '../structure/source-tree.ts';
import { createProject, type Project } from './support/project.ts';

/** The commands of README.md's transcript, each with what it shows. */
const transcript = [
  ...(/```console\n([\s\S]*?)\n```/.exec(textOf('README.md'))?.[1] ?? '').matchAll(/^\$ (.*)((?:\n(?!\$ ).*)*)/gm),
].map(([, command = '', shown = '']) => ({ command, shown: shown.slice(1) }));

let project: Project;
beforeAll(async () => {
  project = await createProject();
}, 60_000);
afterAll(() => project[Symbol.dispose]());

it('the transcript in README.md is what the commands show, against cancelkit sandbox', async () => {
  expect(transcript.length).toBeGreaterThan(3);
  const sandbox = spawn(process.execPath, [project.command, 'sandbox'], { cwd: project.directory, env: project.env });
  try {
    let printed = '';
    sandbox.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await expect.poll(() => printed, { timeout: 15_000 }).toContain('# Services to try:');
    const exports = printed.split('\n').filter((line) => /^export [A-Z]/.test(line));
    for (const { command, shown } of transcript) {
      const list = /^cat (\S+\.csv)$/.exec(command)?.[1];
      if (list !== undefined) project.write(list, `${shown}\n`);
      expect({ command, shown: steady(inShell(command, exports)) }).toEqual({ command, shown: steady(shown) });
    }
  } finally {
    sandbox.kill('SIGINT');
    const [code] = await once(sandbox, 'exit');
    expect(code).toBe(0);
  }
}, 60_000);

it('what cancelkit sandbox prints as a file is a configuration that works', async () => {
  const sandbox = spawn(process.execPath, [project.command, 'sandbox'], { cwd: project.directory, env: project.env });
  try {
    let printed = '';
    sandbox.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await expect.poll(() => printed, { timeout: 15_000 }).toContain('# Services to try:');
    const document = /^test -e \S+ \|\| cat > cancelkit\.config\.mjs <<'END'\n[\s\S]*?\nEND$/m.exec(printed)?.[0] ?? '';
    expect(inShell(document, [])).toBe('');
    const status = /cancelkit (status vpsbg \d+) +# active/.exec(printed)?.[1] ?? '';
    expect(inShell(`npx cancelkit ${status}`, [])).toMatch(/^none: /);
  } finally {
    sandbox.kill('SIGINT');
    await once(sandbox, 'exit');
  }
}, 60_000);

/** Both streams of a command, as a terminal shows them. */
function inShell(command: string, exports: readonly string[]): string {
  const npx = `npx() { shift; "${process.execPath}" "${project.command}" "$@" 2>&1; }`;
  const script = [...exports, npx, command].join('\n');
  const { stdout } = spawnSync('bash', ['-c', script], { cwd: project.directory, env: project.env, encoding: 'utf8' });
  return stdout.replace(/\n$/, '');
}

/** Without what differs from run to run. */
function steady(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID')
    .replace(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME');
}
