import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as list from '../../providers/list.ts';
import { textOf } from '../structure/source-tree.ts';
import { listen } from '../support/listen.ts';
import { createProject, type Project } from './support/project.ts';

/** The commands of docs/cli.md's transcript, each with what it shows. */
const transcript = [
  ...(/```console\n([\s\S]*?)\n```/.exec(textOf('docs/cli.md'))?.[1] ?? '').matchAll(/^\$ (.*)((?:\n(?!\$ ).*)*)/gm),
].map(([, command = '', shown = '']) => ({ command, shown: shown.slice(1) }));

let project: Project;
beforeAll(async () => {
  project = await createProject();
}, 60_000);
afterAll(() => project[Symbol.dispose]());

it('the transcript in docs/cli.md is what the commands show, against cancelkit sandbox', async () => {
  expect(transcript.length).toBeGreaterThan(3);
  const sandbox = spawn(process.execPath, [project.command, 'sandbox'], { cwd: project.directory, env: project.env });
  try {
    let printed = '';
    sandbox.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await expect.poll(() => printed).toMatch(/^END$/m);
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
    let told = '';
    sandbox.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    sandbox.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await expect.poll(() => printed).toMatch(/^END$/m);
    const document = /^test -e \S+ \|\| cat > cancelkit\.config\.mjs <<'END'\n[\s\S]*?\nEND$/m.exec(printed)?.[0] ?? '';
    expect(inShell(document, [])).toBe('');
    // At the prompt of zsh, a # begins no comment.
    expect(printed).not.toContain('#');
    await expect.poll(() => told).toContain('Ctrl-C ends it');
    const status = /active +cancelkit (status vpsbg \d+)/.exec(told)?.[1] ?? '';
    expect(inShell(`npx cancelkit ${status}`, [])).toMatch(/^none: /);
    // Each service that it offers is one, in a form that the command takes.
    const offered = [...told.matchAll(/^ {2}\S+ +cancelkit (?:status|cancel) (\S+) (.*?)(?: --when .*)?$/gm)];
    expect(offered.length).toBeGreaterThan(40);
    const rows = offered.map(([, account = '', service = '']) =>
      JSON.stringify({ account, service, when: 'earliest' }),
    );
    project.write('offered.jsonl', `${rows.join('\n')}\n`);
    const checked = inShell('npx cancelkit bulk offered.jsonl --dry-run 2>&1', []);
    expect(checked).not.toMatch(/service/);
    expect(told).toMatch(/^ {2}item +cancelkit status mittwald contractId=\S+ contractItemId=\S+$/m);
  } finally {
    sandbox.kill('SIGINT');
    await once(sandbox, 'exit');
  }
}, 60_000);

// The last first port of a row with one for each provider.
const highest = 65_536 - Object.keys(list).length;

it.each([
  ['80', `expected a whole number from 1024 to ${highest}`],
  ['eighty', '--port cannot have this value. It has to be a whole number'],
  [String(highest + 1), `expected a whole number from 1024 to ${highest}`],
  ['6000', 'fetch does not connect to port 6000. Choose another one'],
])('cancelkit sandbox --port %s is wrong use', async (port, words) => {
  const { code, stdout, stderr } = await project.run(['sandbox', '--port', port]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
});

it('cancelkit sandbox says which port is in use', async () => {
  const server = createServer();
  const port = await listen(server);
  const { code, stderr } = await project.run(['sandbox', '--port', String(port)]);
  server.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`port ${port}, for edis, is in use. Choose another one, or none for free ports.`);
});

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
