import { describe, expect, it } from 'vitest';
import { shellWord } from '../../src/cli/setup/shell-word.ts';
import { recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();

describe('cancelkit find', () => {
  it('prints what was found, and the commands to paste', async () => {
    const { active } = sandbox.vpsbg.seeded;
    const { code, stdout, stderr } = await project.run(['find', 'vpsbg', String(active.serverId)]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^name +service +state +next due +ends on +cancellation\n/);
    const pasted = /cancelkit (status vpsbg \S+)\n/.exec(stdout)?.[1] ?? '';
    expect(pasted).toBe(`status vpsbg ${active.serverId}`);
    expect(stdout).toContain(`cancelkit cancel vpsbg ${active.serverId} --when end_of_period\n`);
    expect((await project.run(pasted.split(' '))).stdout).toMatch(/^none: /);
  });

  it('ends with 1 if nothing is found, and with 2 at a provider that cannot list its services', async () => {
    const nothing = await project.run(['find', 'vpsbg', 'no-such-name.example', '--json']);
    expect(nothing.code).toBe(1);
    expect(recordsOf(nothing.stdout)).toMatchObject([{ command: 'find', ok: true, result: { services: [] } }]);
    const unsupported = await project.run(['find', 'edis', 'kvm']);
    expect(unsupported.code).toBe(2);
    expect(unsupported.stderr).toMatch(/^✗ unsupported: /);
    expect((await project.run(['find', 'vpsbg'])).stderr).toContain('It is written: cancelkit find <account> <text>');
  });

  it('says that there may be more', async () => {
    for (let count = 0; count < 3; count += 1) sandbox.whmcs.add();
    const { code, stdout, stderr } = await project.run(['find', 'whmcs', 'example', '--limit', '1']);
    expect(code).toBe(0);
    expect(stdout.match(/cancelkit status/g)).toHaveLength(1);
    expect(stderr).toContain('There may be more');
  });
});

describe('a word of a command to paste', () => {
  it.each([
    ['kvm_abc', 'kvm_abc'],
    ['domain=example.com', 'domain=example.com'],
    ['$(reboot)', "'$(reboot)'"],
    ["a'b;c", String.raw`'a'\''b;c'`],
    ['', "''"],
  ])('%j is taken by a shell as it is', (word, written) => {
    expect(shellWord(word)).toBe(written);
  });
});
