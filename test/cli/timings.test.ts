import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../support/listen.ts';
import { createProject, recordsOf, type Project } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';
import { inTerminal } from './support/terminal.ts';

const { sandbox, project } = await sandboxProject();

const contract = (): string => sandbox.mittwald.add().contractId;
const later = '2099-12-31';

describe('dates on the command line', () => {
  it('are asked for with options, and taken by --when', async () => {
    const id = contract();
    const asked = await project.run(['options', 'mittwald', id]);
    expect({ code: asked.code, stderr: asked.stderr }).toEqual({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/--when +earliest +\(takes effect 20\d\d-/);
    expect(asked.stdout).toMatch(/--when +a date from 20\d\d-/);

    const soonest = await project.run(['cancel', 'mittwald', id, '--when', 'earliest', '--yes', '--json']);
    expect(soonest.code).toBe(0);
    expect(recordsOf(soonest.stdout)).toMatchObject([{ ok: true, result: { when: 'earliest', outcome: 'scheduled' } }]);
  });

  it('are dry-run, and refused if they are over, do not exist or are of a provider without them', async () => {
    const id = contract();
    const { serverId } = sandbox.vpsbg.add();
    for (const [words, code, expected] of [
      [['mittwald', id, '--when', later, '--dry-run'], 0, ''],
      [['mittwald', id, '--when', '2020-01-31'], 2, 'a day that is not over'],
      [['mittwald', id, '--when', '2099-02-30'], 2, 'earliest or a date'],
      [['mittwald', id, '--when', 'on_date'], 2, 'earliest or a date'],
      [['vpsbg', String(serverId), '--when', later], 2, 'does not offer a date'],
      [['vpsbg', String(serverId), '--when', 'earliest'], 2, 'does not offer earliest'],
      [['vpsbg', String(serverId), '--when', 'end_of_period', '--extra', 'a=b'], 2, 'no fields of its own'],
    ] as const) {
      const ran = await project.run(['cancel', ...words]);
      expect({ words, code: ran.code }).toEqual({ words, code });
      expect(ran.stderr).toContain(expected);
    }
  });

  it('stand in lists as they are written by spreadsheets and in JSON', async () => {
    const [first, second, third] = [contract(), contract(), contract()];
    const asked = await project.run(['options', 'mittwald', second, '--json']);
    const day = /"timing":"on_date","from":"([\d-]{10})"/.exec(asked.stdout)?.[1] ?? 'no date';
    project.write('list.csv', `account,service,when\nmittwald,${first},earliest\nmittwald,${second},${day}\n`);
    project.write('list.jsonl', `${JSON.stringify({ account: 'mittwald', service: third, when: { on: day } })}\n`);
    for (const file of ['list.csv', 'list.jsonl']) {
      const { code, stderr } = await project.run(['bulk', file, '--yes', '--results', `${file}.results`]);
      expect({ file, code, stderr }).toMatchObject({ code: 0 });
    }
    const lines = recordsOf(project.read('list.csv.results'));
    expect(lines.map(({ when }) => when)).toEqual(expect.arrayContaining(['earliest', day]));
    const target = (id: string): unknown => sandbox.mittwald.service(id).cancellation?.when;
    expect(target(first)).toEqual({ on: day });
    expect(target(second)).toEqual({ on: day });
    expect(target(third)).toEqual({ on: day });
  });
});

/** A provider that takes extras and reason codes, and confirms by a token. */
const PROVIDER = `
import { defineProvider } from 'cancelkit/provider';
const schema = (fields) => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const bad = Object.entries(value).find(([name, one]) => typeof one !== fields[name]);
      return bad === undefined ? { value } : { issues: [{ message: 'what is described', path: [bad[0]] }] };
    },
  },
});
const post = (path, json) => ({ method: 'POST', effect: 'write', path, json });
const provider = defineProvider({
  specVersion: 2,
  id: 'mail',
  capabilities: {
    timings: ['immediate'], confirm: 'immediate', readBack: false, revoke: false,
    reason: { field: 'no', codes: [{ code: 'R1', label: 'Too dear' }] },
    extras: { keepIp: { type: 'boolean', description: 'Keeps the address.' } },
    immediateDestroysData: 'yes', recognizesRepeat: 'no',
  },
  config: schema({ baseUrl: 'string' }),
  env: { baseUrl: 'MAIL_URL' },
  service: schema({ id: 'string' }),
  serviceForms: [{ example: { id: 'vps-1' }, plainId: /^\\w+$|^[\\w-]+$/ }],
  extras: schema({ keepIp: 'boolean' }),
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: () => [],
  *cancel({ service, reasonCode, extras }) {
    const { status } = yield post(['terminate', service.id], { reasonCode, ...extras });
    return status === 200 ? { verdict: 'confirmation_required', sentTo: 'email' } : { verdict: 'unrecognized' };
  },
  *confirm({ service, token, reasonCode, extras }) {
    const { status } = yield post(['confirm', service.id], { token, reasonCode, ...extras });
    if (status === 200) return { verdict: 'accepted', outcome: 'completed' };
    return { verdict: 'refused', code: 'rejected', message: 'the token was refused.' };
  },
});
export default { accounts: { mail: provider.account() }, queue: { database: 'queue' } };
`;

describe('a cancellation that is confirmed by a token', () => {
  const bodies: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      bodies.push(`${request.url} ${body}`);
      response.writeHead(body.includes('wrong') ? 400 : 200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  let own: Project;
  beforeAll(async () => {
    const port = await listen(server);
    own = await createProject({ MAIL_URL: `http://127.0.0.1:${port}` });
    own.write('cancelkit.config.mjs', PROVIDER);
  }, 60_000);
  afterAll(() => {
    server.close();
    own[Symbol.dispose]();
  });

  const now = ['--when', 'immediate', '--yes'];

  it('exits with 1, and says what to do', async () => {
    const extras = ['--extra', 'keepIp=yes', '--reason-code', 'R1'];
    const { code, stderr } = await own.run(['cancel', 'mail', 'vps-1', ...now, ...extras]);
    expect(code).toBe(1);
    expect(stderr).toContain('confirmation_required: mail: nothing is cancelled yet');
    expect(stderr).toContain('cancelkit confirm');
    expect(bodies.at(-1)).toBe('/terminate/vps-1 {"reasonCode":"R1","keepIp":true}');
  });

  it.each([
    ['a wrong value of an extra', ['--extra', 'keepIp=perhaps'], 'true or false'],
    ['an extra that does not exist', ['--extra', 'other=1'], 'extras'],
    ['a code that is not in the list', ['--reason-code', 'R9'], 'R1 (Too dear)'],
    ['an extra without a value', ['--extra', 'keepIp'], 'a name, = and a value'],
    ['an extra twice', ['--extra', 'keepIp=yes', '--extra', 'keepIp=no'], 'given twice'],
  ])('is not sent with %s', async (_, words, expected) => {
    const count = bodies.length;
    const { code, stderr } = await own.run(['cancel', 'mail', 'vps-1', ...now, ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
    expect(bodies.length).toBe(count);
  });

  it('takes the token from the input, and never shows it', async () => {
    const { code, stdout, stderr } = await own.run(['confirm', 'mail', 'vps-1'], { input: 'token-4711-abcdef\n' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ completed/);
    expect(stdout).not.toContain('token-4711');
    expect(bodies.at(-1)).toBe('/confirm/vps-1 {"token":"token-4711-abcdef"}');
    for (const input of ['', '\r\n  \r\n']) {
      const empty = await own.run(['confirm', 'mail', 'vps-1'], { input });
      expect(empty.code).toBe(2);
      expect(empty.stderr).toContain('no token was given. Nothing was sent.');
    }
  });

  it.each([
    ['of Windows', 'token-4711-abcdef\r\n'],
    ['after empty lines, with a mark of its encoding', '\uFEFF\r\n\n  token-4711-abcdef \r\nfoot'],
    ['without its end', 'token-4711-abcdef'],
  ])('takes the token from a line %s', async (_, input) => {
    expect((await own.run(['confirm', 'mail', 'vps-1'], { input })).code).toBe(0);
    expect(bodies.at(-1)).toBe('/confirm/vps-1 {"token":"token-4711-abcdef"}');
  });

  it('asks for no token in a terminal that would show it', async () => {
    const count = bodies.length;
    const terminal = inTerminal(own, ['confirm', 'mail', 'vps-1'], {}, { stderr: 'errors.txt' });
    expect(await terminal.ended).toBe(2);
    expect(readFileSync(join(own.directory, 'errors.txt'), 'utf8')).toContain('while stderr is redirected');
    expect(bodies.length).toBe(count);
  });

  it('waits in the queue for a person, who passes the token on', async () => {
    await own.run(['queue', 'add', 'mail', 'vps-2', ...now, '--id', 'two', '--extra', 'keepIp=no']);
    expect((await own.run(['queue', 'work', '--until-idle'])).code).toBe(3);
    expect((await own.run(['queue', 'show', 'two'])).stdout).toContain('cancelkit queue confirm');
    const wrong = await own.run(['queue', 'confirm', 'two', '--by', 'Kim'], { input: 'wrong-token\n' });
    expect(wrong.code).toBe(1);
    const right = await own.run(['queue', 'confirm', 'two', '--by', 'Kim'], { input: 'right-token-4712\n' });
    expect({ code: right.code, stdout: right.stdout }).toEqual({ code: 0, stdout: '✓ two is confirmed: completed\n' });
    expect(bodies.at(-1)).toBe('/confirm/vps-2 {"token":"right-token-4712","keepIp":false}');
    expect((await own.run(['queue', 'show', 'two'])).stdout).not.toContain('right-token');
  }, 120_000);
});
