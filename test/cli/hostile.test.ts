import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../support/listen.ts';
import { createProject, type Project } from './support/project.ts';

const TOKEN = 'Tok3n-abcDEFghi456';
/** What steers a terminal, or is not seen in one. */
const STEERING = '\u001B]0;owned\u0007\u001B[2J\u009B2J\u202E\u200B\u2028\u0085\b\r';
/** The token as a provider could hide it from a comparison. */
const PARTED = ['\u001B[0m', '\u200B', '\u00AD', '\u0000', '\u009B1m'].map(
  (gap) => `${TOKEN.slice(0, 7)}${gap}${TOKEN.slice(7)}`,
);

let server: Server;
let project: Project;
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      const reason = `${STEERING} ${PARTED.join(' ')}`;
      response.end(JSON.stringify({ id: 7301, status: 'active', cancel_request: { reason }, expiry_at: null }));
    } else {
      response.statusCode = 422;
      response.end(JSON.stringify({ message: `${STEERING} ${PARTED.join(' ')}` }));
    }
  });
  const port = await listen(server);
  project = await createProject({ VPSBG_TOKEN: TOKEN, VPSBG_BASE_URL: `http://127.0.0.1:${port}` });
}, 60_000);
afterAll(() => {
  project[Symbol.dispose]();
  server.closeAllConnections();
  server.close();
});

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]|\p{Cf}/u;
const CANCEL = ['cancel', 'vpsbg', '7301', '--when', 'end_of_period'];

describe('a hostile provider', () => {
  it.each([
    ['status', ['status', 'vpsbg', '7301']],
    ['cancel', CANCEL],
    ['revoke', ['revoke', 'vpsbg', '7301']],
  ])('neither steers the terminal nor has the token printed, by %s', async (_, args) => {
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await project.run([...args, ...more]);
      expect(`${stdout}${stderr}`).not.toMatch(UNSAFE);
      expect(`${stdout}${stderr}`).not.toContain(TOKEN);
      expect(`${stdout}${stderr}`).toContain('[REDACTED]');
    }
  });

  it('has its words in the results of a list, without what steers, and without the token', async () => {
    project.write('rows.csv', 'account,service,when\nvpsbg,7301,end_of_period\n');
    await project.run(['bulk', 'rows.csv']);
    const results = project.read('rows.csv.results.jsonl');
    expect(results).toContain('rejected');
    expect(results).not.toMatch(UNSAFE);
    expect(results).not.toContain(TOKEN);
  });
});

it('names of accounts and files do not steer the terminal either', async () => {
  const name = JSON.stringify(`a${STEERING}\nb`);
  const text = `import { vpsbg } from 'cancelkit/vpsbg'; export default { accounts: { [${name}]: vpsbg() } };`;
  const file = 'steering\u001B[2J.mjs';
  project.write(file, text);
  for (const args of [['accounts'], ['check'], ['complete', '--', 'cancel', ''], ['status', 'x', '1']]) {
    const { stdout, stderr } = await project.run([...args, '--config', file]);
    expect(`${stdout}${stderr}`).not.toMatch(UNSAFE);
  }
});

it.each([[['--help']], [['queue', '--help']], [['--version']], [['accounts']]])(
  'a reader that has gone is no reason for a stack trace: %j',
  async (args) => {
    const child = spawn(process.execPath, [project.command, ...args], { cwd: project.directory, env: project.env });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child, 'close');
    expect(stderr).toBe('');
  },
);
