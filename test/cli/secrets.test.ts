import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { ENCODINGS } from '../support/encodings.ts';
import { createProject, variablesOf, type Project } from './support/project.ts';

const MARKED = 'Zq7!w &pä+rt/%2B"x';
const PLAIN = 'Zq7-wrong-token-0123456789';
/** Each is accepted by its provider's schema, and refused by the provider. */
const SECRETS = { EDIS_PASSWORD: MARKED, VPSBG_TOKEN: PLAIN, HOSTING_TOKEN: PLAIN, WHMCS_SECRET: MARKED };

let sandbox: Sandbox;
let project: Project;
beforeAll(async () => {
  sandbox = await startSandbox();
  project = await createProject({ ...variablesOf(sandbox.settings), ...SECRETS });
  project.write('rows.csv', 'account,service,when\nvpsbg,7301,immediate\nedis,5,immediate\nwhmcs,101,end_of_period\n');
}, 60_000);
afterAll(async () => {
  project[Symbol.dispose]();
  await sandbox.close();
});

const SERVICES = [
  ['edis', '4711'],
  ['vpsbg', '7301'],
  ['hosting', 'hostingId=1_a', 'domain=example.com'],
  ['whmcs', '101'],
];
const perService = (command: string, ...flags: readonly string[]): readonly (readonly string[])[] =>
  SERVICES.map((words) => [command, ...words, ...flags]);

describe('a wrong secret is in nothing that is written', () => {
  it.each(
    [
      ...perService('cancel', '--when', 'immediate', '--yes'),
      ...perService('preview', '--when', 'end_of_period'),
      ...perService('status'),
      ...perService('revoke'),
      ...perService('revoke', '--dry-run'),
      ['accounts'],
      ['check'],
      ['init'],
      ['bulk', 'rows.csv', '--dry-run', '--config', 'none.mjs'],
      ['bulk', 'rows.csv', '--dry-run'],
      ['bulk', 'rows.csv', '--yes'],
    ].map((args) => [args.join(' '), args] as const),
  )('by %s', async (_, args) => {
    const people = await project.run(args);
    const machines = await project.run([...args, '--json']);
    expect(`${people.stdout}${people.stderr}`).not.toBe('');
    const written = [people, machines].map(({ stdout, stderr }) => `${stdout}${stderr}`).join('\n');
    expect(leaksIn(written)).toEqual([]);
    sandbox.whmcs.liftBans();
  });

  it('nor in the results of a list', () => {
    const results = project.read('rows.csv.results.jsonl');
    expect(results).toContain('"code":"unauthorized"');
    expect(leaksIn(results)).toEqual([]);
  });
});

function leaksIn(text: string): readonly string[] {
  return [...new Set(Object.values(SECRETS))].flatMap((secret) =>
    ENCODINGS.filter(({ encode, core }) => text.includes((core ?? encode)(secret))).map(({ name }) => name),
  );
}
