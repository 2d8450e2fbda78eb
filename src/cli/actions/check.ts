import { isProviderError } from '../../contract/provider-error.ts';
import { checkAccount } from '../../service/check-account.ts';
import { namedService } from '../setup/named-service.ts';
import { type OpenedServices, accountNamed } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { EXIT, exitCodeOf, worstOf } from '../terminal/exit-code.ts';
import { errorLines } from '../terminal/report-error.ts';
import { visible } from '../terminal/visible.ts';

/** `cancelkit check` */
export async function check(name: string | undefined, words: readonly string[], session: Session): Promise<number> {
  const opened = await session.open();
  if (name !== undefined && words.length > 0) {
    try {
      return await checkByService(name, words, opened, session);
    } catch (error) {
      return tellFailure(name, error, session);
    }
  }
  const names = name === undefined ? Object.keys(opened.accounts) : [name];
  // Also if no account is configured, which its error says.
  if (names.length === 0) await accountNamed('', opened);
  const codes: number[] = [];
  for (const account of names) codes.push(await checkOne(account, opened, session, name !== undefined));
  return worstOf(codes);
}

async function checkOne(name: string, opened: OpenedServices, session: Session, isNamed: boolean): Promise<number> {
  const { output, command } = session;
  const { green, bold, yellow } = output.colours;
  const account = await accountNamed(name, opened);
  try {
    const result = await checkAccount(name, account, callOptions(opened));
    output.record({ command, ok: true, result });
    const inferred = result.basis === 'inferred' ? ' That this read needs them is inferred, not documented.' : '';
    const open = result.leavesOpen === undefined ? '' : ` Not known by this: ${result.leavesOpen}.`;
    output.line(
      `${green('✓')} ${bold(name)} (${result.provider}): the credentials were accepted (read: ${result.reads}).${inferred}${open}`,
    );
    return EXIT.done;
  } catch (error) {
    if (isProviderError(error, 'unsupported')) {
      output.record({ command, ok: false, account: name, error });
      const how = account.capabilities.readBack ? ` Name one: cancelkit check ${name} SERVICE` : '';
      output.line(
        `${yellow('?')} ${bold(name)} (${account.provider}): not checked, ${visible(error.message.replace(/^[\w-]+: /, ''))}${how}`,
      );
      return isNamed ? EXIT.wrongUse : EXIT.done;
    }
    return tellFailure(name, error, session);
  }
}

function tellFailure(account: string, error: unknown, { output, command }: Session): number {
  if (!isProviderError(error)) throw error;
  output.record({ command, ok: false, account, error });
  for (const line of errorLines(error, output)) output.message(line);
  return exitCodeOf(error.code);
}

async function checkByService(
  account: string,
  words: readonly string[],
  opened: OpenedServices,
  { output, command }: Session,
): Promise<number> {
  const service = await namedService(account, words, opened);
  const { state } = await opened.services.status({ account, service });
  const provider = opened.services.accounts[account]?.provider ?? '';
  output.record({
    command,
    ok: true,
    result: { account, provider, reads: 'the state of a service', basis: 'documented' },
  });
  const { green, bold } = output.colours;
  output.line(
    `${green('✓')} ${bold(account)} (${provider}): the credentials were accepted (read: the state of the service, ${state}).`,
  );
  return EXIT.done;
}

/** The options of the configuration that a check uses. */
export function callOptions({ options }: OpenedServices): Parameters<typeof checkAccount>[2] {
  const { fetch, deadlineMs, attemptTimeoutMs } = options;
  return { fetch, deadlineMs, attemptTimeoutMs };
}
