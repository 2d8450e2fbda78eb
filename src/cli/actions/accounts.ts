import { internalsOf } from '../../accounts/account.ts';
import { optionText } from '../../accounts/configure.ts';
import { sentence } from '../../call/issue-text.ts';
import { type Issue, isProviderError } from '../../contract/provider-error.ts';
import { exampleOf } from '../../contract/when.ts';
import { CONFIG_NAMES } from '../setup/find-config.ts';
import { type OpenedServices, accountNamed, formsOf } from '../setup/open-services.ts';
import { writtenForms } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { visible } from '../terminal/visible.ts';

/** An account as `accounts --json` shows it. */
export interface ShownAccount {
  readonly account: string;
  readonly provider: string;
  readonly capabilities: OpenedServices['services']['accounts'][string]['capabilities'];
  /** How a service is written on the command line. */
  readonly services: readonly string[];
  /** `unknown` for a provider that gives no example of a service. */
  readonly configured: boolean | 'unknown';
  readonly missing: readonly {
    readonly option: string;
    readonly expected: string;
    /** The same for people. */
    readonly text: string;
    readonly variable?: string;
  }[];
}

/** `cancelkit accounts` */
export async function accounts({ open, output, command }: Session): Promise<number> {
  const opened = await open();
  const shown: ShownAccount[] = [];
  for (const name of Object.keys(opened.accounts)) shown.push(await describeAccount(name, opened));
  for (const result of shown) output.record({ command, ok: true, result });
  output.line(`Accounts of ${opened.path ?? `the environment (there is no ${CONFIG_NAMES[0] ?? ''} here)`}`);
  output.line();
  if (shown.length === 0 && opened.path !== undefined)
    output.line('There is no account in it. Add one, or uncomment it.');
  if (shown.length > 0 && !output.json) {
    const { tableLines } = await import('../terminal/table.ts');
    for (const line of tableLines(HEAD, shown.map(rowOf), output.colours)) output.line(line);
    output.line();
    const written = shown.map(({ account, services }) => [account, services.join('   or   ')]);
    for (const line of tableLines(['account', 'a service is written'], written, output.colours)) output.line(line);
  }
  for (const { account, missing } of shown) {
    for (const { text } of missing)
      output.line(`${output.colours.yellow('!')} ${account} is not configured: ${visible(sentence(text))}`);
  }
  if (opened.path === undefined) await writeUnset(opened, output.line);
  return EXIT.done;
}

const HEAD = ['account', 'provider', 'configured', 'when', 'reason', 'read-back', 'undo', 'immediate deletes data'];

function rowOf({ account, provider, capabilities, configured }: ShownAccount): readonly string[] {
  const { timings, reason, readBack, revoke, immediateDestroysData } = capabilities;
  return [
    account,
    provider,
    configured === 'unknown' ? '?' : yesOrNo(configured),
    timings.join(', '),
    reason.field,
    yesOrNo(readBack),
    yesOrNo(revoke),
    immediateDestroysData,
  ];
}

/** An account as `accounts --json` shows it. Sends nothing. */
export async function describeAccount(name: string, opened: OpenedServices): Promise<ShownAccount> {
  const account = await accountNamed(name, opened);
  const { provider, capabilities } = account;
  const forms = formsOf(account);
  const issues = await issuesOf(name, forms[0]?.example, opened);
  const env = internalsOf(account)?.env ?? {};
  const missing = (issues ?? []).map((issue) => {
    const { path, expected } = issue;
    const variable = Object.hasOwn(env, path) ? env[path] : undefined;
    const text = optionText(issue, env);
    return { option: path || 'configuration', expected, text, ...(variable === undefined ? {} : { variable }) };
  });
  return {
    account: name,
    provider,
    capabilities,
    services: writtenForms(forms),
    configured: issues === undefined ? 'unknown' : issues.length === 0,
    missing,
  };
}

/** What is wrong with an account's configuration, found by a preview; `undefined` if that cannot be made. */
async function issuesOf(
  account: string,
  service: object | undefined,
  { services }: OpenedServices,
): Promise<readonly Issue[] | undefined> {
  const [when] = services.accounts[account]?.capabilities.timings ?? [];
  if (service === undefined || when === undefined) return undefined;
  try {
    await services.preview({ account, service, when: exampleOf(when) });
    return [];
  } catch (error) {
    if (!isProviderError(error, 'not_configured')) return undefined;
    return error.issues ?? [{ path: '', expected: 'a configuration that can be read' }];
  }
}

async function writeUnset({ accounts: configured }: OpenedServices, line: (text: string) => void): Promise<void> {
  const { builtInProviders } = await import('../setup/built-in-providers.ts');
  for (const { id, env } of builtInProviders) {
    if (!Object.hasOwn(configured, id))
      line(`${id}: no account, since none of ${Object.values(env).join(', ')} is set`);
  }
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
