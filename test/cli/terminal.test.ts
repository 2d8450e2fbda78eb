import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { sandboxProject } from './support/sandbox-project.ts';
import { inTerminal, KEYS, type Terminal } from './support/terminal.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => {
  sandbox.hosting.clearRequests();
  sandbox.vpsbg.clearFaults();
});

const textOf = (terminal: Terminal): string => stripVTControlCharacters(terminal.shown());
async function seen(terminal: Terminal, words: string): Promise<void> {
  await expect.poll(() => textOf(terminal)).toContain(words);
}

function immediate(): { readonly terminal: Terminal; readonly hostingId: string } {
  const { hostingId, domain } = sandbox.hosting.add();
  const words = ['hosting', `hostingId=${hostingId}`, `domain=${domain}`, '--when', 'immediate'];
  return { terminal: inTerminal(project, ['cancel', ...words]), hostingId };
}

describe('in a terminal, an immediate cancellation', () => {
  it('is done once the service’s id has been typed', async () => {
    const { terminal, hostingId } = immediate();
    await seen(terminal, `Type ${hostingId} to cancel it now.`);
    expect(textOf(terminal)).toContain('the provider deletes the data immediately and for good');
    terminal.type(`something else${KEYS.enter}`);
    await seen(terminal, `Type exactly: ${hostingId}`);
    expect(sandbox.hosting.requests).toEqual([]);
    terminal.type(`${'\u007F'.repeat(14)}${hostingId}${KEYS.enter}`);
    expect(await terminal.ended).toBe(0);
    expect(textOf(terminal)).toContain('✓ requested');
    expect(sandbox.hosting.service(hostingId).timesCancelled).toBe(1);
  });

  it('is asked for by the service’s id, in whatever order its fields are', async () => {
    const { hostingId, domain } = sandbox.hosting.add();
    const words = [`domain=${domain}`, `hostingId=${hostingId}`, '--when', 'immediate'];
    const terminal = inTerminal(project, ['cancel', 'hosting', ...words]);
    await seen(terminal, `Type ${hostingId} to cancel it now.`);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(1);
  });

  it('is not sent after a Ctrl-D', async () => {
    const { terminal, hostingId } = immediate();
    await seen(terminal, `Type ${hostingId} to cancel it now.`);
    terminal.type('\u0004');
    expect(await terminal.ended).toBe(1);
    expect(textOf(terminal)).toContain('✗ aborted: not confirmed. Nothing was sent.');
    expect(textOf(terminal)).not.toContain('Warning');
    expect(sandbox.hosting.requests).toEqual([]);
  });

  it('is not sent after a Ctrl-C', async () => {
    const { terminal, hostingId } = immediate();
    await seen(terminal, `Type ${hostingId} to cancel it now.`);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(1);
    expect(textOf(terminal)).toContain('✗ aborted: not confirmed. Nothing was sent.');
    expect(sandbox.hosting.requests).toEqual([]);
  });
});

describe('in a terminal, a list', () => {
  it('asks for the number of immediate rows, and shows how far it is', async () => {
    const servers = Array.from({ length: 3 }, () => sandbox.vpsbg.add().serverId);
    const { serviceId } = sandbox.whmcs.add();
    const rows = servers.map((id) => `vpsbg,${id},immediate`);
    project.write('shown.csv', ['account,service,when', ...rows, `whmcs,${serviceId},end_of_period`].join('\n'));
    const terminal = inTerminal(project, ['bulk', 'shown.csv']);
    await seen(terminal, 'Type 3 to cancel them now.');
    terminal.type(`3${KEYS.enter}`);
    expect(await terminal.ended).toBe(0);
    const text = textOf(terminal);
    expect(text).toMatch(/all {3}█+ +100% 4\/4 +0 s left +4 requested/);
    expect(text).toMatch(/vpsbg █+ +100% 3\/3 .*3 requested/);
    expect(text).toMatch(/whmcs █+ +100% 1\/1 .*1 requested/);
    expect(servers.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual([1, 1, 1]);
  });

  it('lets the calls in flight finish after a Ctrl-C', async () => {
    const servers = Array.from({ length: 40 }, () => sandbox.vpsbg.add().serverId);
    project.write(
      'stopped.csv',
      ['account,service,when', ...servers.map((id) => `vpsbg,${id},end_of_period`)].join('\n'),
    );
    sandbox.vpsbg.clearRequests();
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const terminal = inTerminal(project, ['bulk', 'stopped.csv']);
    await expect.poll(() => sandbox.vpsbg.requests.length).toBeGreaterThan(0);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(1);
    expect(textOf(terminal)).toContain('not_begun');
    const lines = project.read('stopped.csv.results.jsonl').trimEnd().split('\n');
    const through = lines.filter((line) => line.includes('"outcome":"requested"')).length;
    expect(lines).toHaveLength(2 * through);
    expect(servers.filter((id) => sandbox.vpsbg.service(id).timesCancelled === 1)).toHaveLength(through);
  });
});

describe('colours', () => {
  // oxlint-disable-next-line no-control-regex
  const colour = /\u001B\[\d+m/;

  it.each([
    ['are there in a terminal', [], {}, true],
    ['are there with an empty NO_COLOR, which counts as not set', [], { NO_COLOR: '' }, true],
    ['are there with an empty FORCE_COLOR, which counts as not set', [], { FORCE_COLOR: '' }, true],
    ['are there in a terminal that has none, if they are forced', [], { TERM: 'dumb', FORCE_COLOR: '1' }, true],
    ['are not there with NO_COLOR', [], { NO_COLOR: '1' }, false],
    ['are not there with FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
    ['are not there with FORCE_COLOR=false', [], { FORCE_COLOR: 'false' }, false],
    ['are not there with FORCE_COLOR=0 in CI', [], { FORCE_COLOR: '0', CI: 'true' }, false],
    ['are not there with --no-color, even if they are forced', ['--no-color'], { FORCE_COLOR: '1' }, false],
    ['are not there with --no-color', ['--no-color'], {}, false],
    ['are not there in a terminal that has none', [], { TERM: 'dumb' }, false],
  ])('%s', async (_, flags, env, expected) => {
    const terminal = inTerminal(project, ['accounts', ...flags], env);
    await terminal.ended;
    expect(colour.test(terminal.shown())).toBe(expected);
    expect(textOf(terminal)).toContain('Accounts of the environment');
  });

  it.each<readonly [string, Readonly<Record<string, string>>, boolean]>([
    ['are not there', {}, false],
    ['are not there in CI', { CI: 'true' }, false],
    ['are not there in CI with a terminal’s name', { CI: '1', GITHUB_ACTIONS: 'true', COLORTERM: 'truecolor' }, false],
    ['are not there with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
    ['are not there with FORCE_COLOR=false in CI', { FORCE_COLOR: 'false', CI: 'true' }, false],
    ['are not there with an empty FORCE_COLOR', { FORCE_COLOR: '', CI: 'true' }, false],
    ['are not there with an empty NO_COLOR', { NO_COLOR: '', CI: 'true' }, false],
    ['are not there with NO_COLOR, even if they are forced', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['are there with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ])('in a pipe %s', async (_, env, expected) => {
    const { stdout } = await project.run(['accounts'], { env });
    expect(stdout).toContain('Accounts of the environment');
    expect(colour.test(stdout)).toBe(expected);
    const { stderr } = await project.run(['status', 'nobody', '1'], { env });
    expect(stderr).toContain('unknown_account');
    expect(colour.test(stderr)).toBe(expected);
  });

  it('are for each stream by itself: errors have them if only stdout is a file', async () => {
    const listed = inTerminal(project, ['accounts'], { CI: 'true' }, { stdout: 'accounts.txt' });
    expect(await listed.ended).toBe(0);
    expect(project.read('accounts.txt')).toContain('Accounts of the environment');
    expect(project.read('accounts.txt')).not.toMatch(colour);
    const failed = inTerminal(project, ['status', 'nobody', '1'], {}, { stdout: 'nothing.txt' });
    expect(await failed.ended).toBe(2);
    expect(failed.shown()).toMatch(colour);
  });
});
