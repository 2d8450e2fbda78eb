import { afterEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/cli/bulk/fingerprint.ts';
import { recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => {
  sandbox.edis.clearFaults();
  sandbox.edis.clearRequests();
});

/** What a run reports: of each row, in sum, and by its exit code. */
async function reported(args: readonly string[]): Promise<object> {
  const { code, stdout } = await project.run(['bulk', ...args, '--json']);
  const records = recordsOf(stdout);
  const rows = records
    .slice(0, -1)
    .map(({ row, line, ok, outcome, result, error }): readonly [string, object] => [
      String(row),
      { line, ok, outcome, result: fieldsOf(result, 'outcome', 'warnings'), error: fieldsOf(error, 'code') },
    ]);
  return {
    code,
    rows: Object.fromEntries(rows),
    last: records.at(-1),
  };
}

function fieldsOf(value: unknown, ...names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}

describe('a resumed run reports what the first run reported', () => {
  it('of a service that was already cancelled with a timing that cannot be read', async () => {
    const { kvmId } = sandbox.edis.add();
    const row = `edis,${kvmId},end_of_period`;
    project.write('before.csv', `account,service,when\n${row}\n`);
    expect((await project.run(['bulk', 'before.csv'])).code).toBe(0);
    project.write('again.csv', `account,service,when\n${row}\n`);
    const first = await reported(['again.csv']);
    expect(first).toMatchObject({ code: 3, last: { ok: false, summary: { timingUnknown: 1 } } });
    expect(await reported(['again.csv', '--resume'])).toEqual(first);
    const { code, stdout } = await project.run(['bulk', 'again.csv', '--resume']);
    expect(code).toBe(3);
    expect(stdout).toContain('1 cancelled, perhaps with another timing than asked for');
  });

  it('of every outcome and warning, row by row', async () => {
    const { serverId } = sandbox.vpsbg.add();
    const { hostingId, domain } = sandbox.hosting.add();
    const { kvmId: lost } = sandbox.edis.add();
    project.write(
      'mixed.csv',
      [
        'account,service,when,reason',
        `vpsbg,${serverId},end_of_period,`,
        `hosting,hostingId=${hostingId} domain=${domain},end_of_period,`,
        'whmcs,99999,end_of_period,',
        'vpsbg,x,end_of_period,',
        `edis,${lost},end_of_period,`,
        '',
      ].join('\n'),
    );
    sandbox.edis.fault({ kind: 'reset', executed: true });
    const first = await reported(['mixed.csv', '--skip-bad', '--verify']);
    expect(first).toMatchObject({
      code: 3,
      last: { summary: { outcomes: { bad: 1, refused: 1, unknown: 1 }, warnings: { reason_defaulted: 1 } } },
    });
    sandbox.edis.clearFaults();
    const sends = sandbox.edis.requests.length;
    expect(await reported(['mixed.csv', '--skip-bad', '--verify', '--resume'])).toEqual(first);
    expect(sandbox.edis.requests).toHaveLength(sends);
  });

  const place = `edis ${sandbox.settings.edis.baseUrl}/`;
  const outcomes = ['requested', 'scheduled', 'completed', 'already_cancelled'];
  const warnings = ['reason_defaulted', 'reason_truncated', 'reference_not_sent', 'immediate_deferred', 'not_verified'];
  it.each([
    ...outcomes.flatMap((outcome) => ['timing_unknown', 'side_effect'].map((warning) => [outcome, warning] as const)),
    ...warnings.map((warning) => ['requested', warning] as const),
  ])('that ended as %s with the warning %s', async (outcome, warning) => {
    const { serviceId } = sandbox.edis.add();
    const file = `${outcome}-${warning}.csv`;
    project.write(file, `account,service,when\nedis,${serviceId},end_of_period\n`);
    const fingerprint = fingerprintOf(
      { account: 'edis', when: 'end_of_period' },
      `field=serviceid value=${serviceId}`,
      place,
    );
    const message = 'What it says of it.';
    const line = { row: 1, line: 2, fingerprint, outcome, warnings: [{ code: warning, message }] };
    project.write(`${file}.results.jsonl`, `${JSON.stringify(line)}\n`);
    const resumed = await reported([file, '--resume']);
    const isOpen = warning === 'timing_unknown';
    expect(resumed).toMatchObject({
      code: isOpen ? 3 : 0,
      rows: { 1: { ok: true, outcome, result: { outcome, warnings: [{ code: warning, message }] } } },
      last: {
        summary: { outcomes: { [outcome]: 1 }, timingUnknown: isOpen ? 1 : 0, warnings: { [warning]: 1 } },
      },
    });
    expect(sandbox.edis.requests).toEqual([]);
    const { stdout } = await project.run(['bulk', file, '--resume']);
    expect(stdout).toContain(isOpen ? 'perhaps with another timing' : `warnings: 1 ${warning}.`);
  });
});
