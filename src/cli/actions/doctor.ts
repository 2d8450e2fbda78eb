import { existsSync } from 'node:fs';
import { isProviderError } from '../../contract/provider-error.ts';
import { DEFAULT_DATABASE, placeOfDatabase } from '../../queue/database/database-place.ts';
import { examineQueue, failed, type Finding, ok, warning } from '../../queue/examine.ts';
import { checkAccount } from '../../service/check-account.ts';
import { CONFIG_NAMES } from '../setup/find-config.ts';
import { accountNamed, type OpenedServices } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { visible } from '../terminal/visible.ts';
import { callOptions } from './check.ts';
import { examineFiles } from './doctor-files.ts';
import { examinePeers } from './doctor-peers.ts';

/** `cancelkit doctor`: makes nothing and changes nothing; sends something only if the providers are to be asked. */
export async function doctor(
  { check: asksProviders = false }: { readonly check?: boolean },
  session: Session,
): Promise<number> {
  const { output, command } = session;
  let hasFailed = false;
  const tell = (findings: readonly Finding[]): void => {
    for (const finding of findings) {
      hasFailed ||= finding.level === 'failed';
      output.record({ command, ok: finding.level !== 'failed', result: finding });
      write(finding, output);
    }
  };
  const opened = await openedOrWhy(session);
  if ('level' in opened) {
    tell([ok('node', process.version), opened, ...examinePeers([])]);
    tell(
      ['accounts', 'queue', 'files'].map((what) => warning(what, 'not checked: there is no configuration to go by')),
    );
    return EXIT.refused;
  }
  const queue = queueOf(opened);
  tell([
    examineNode(queue),
    configuration(opened),
    ...examinePeers(queue === undefined ? [] : ['pg-boss', queue === 'server' ? 'pg' : '@electric-sql/pglite']),
    ...examineFiles(opened.path),
  ]);
  for (const name of Object.keys(opened.accounts)) tell([await examineAccount(name, asksProviders, opened)]);
  tell(
    queue === undefined
      ? [ok('queue', 'none is configured, and this directory has none')]
      : await examineQueue({ ...opened.queue, services: opened.services }),
  );
  return hasFailed ? EXIT.refused : EXIT.done;
}

const SIGNS = { ok: '✓', warning: '!', failed: '✗' } as const;

function write({ check, level, what, next }: Finding, { colours, line }: Output): void {
  const colour = { ok: colours.green, warning: colours.yellow, failed: colours.red }[level];
  line(`${colour(SIGNS[level])} ${colours.bold(visible(check))}: ${visible(what)}`);
  if (next !== undefined) line(`    ${colours.dim('next')}  ${visible(next)}`);
}

async function openedOrWhy({ open }: Session): Promise<OpenedServices | Finding> {
  try {
    return await open();
  } catch (error) {
    // What a configuration threw may hold a secret; cancelkit's own message names its file and what is wrong.
    return failed('configuration', isProviderError(error) ? error.message : 'it could not be loaded');
  }
}

function configuration({ path, accounts }: OpenedServices): Finding {
  const count = Object.keys(accounts).length;
  const where = path ?? `the environment, since there is no ${CONFIG_NAMES[0] ?? ''} here`;
  return count === 0
    ? warning('configuration', `there is no account in ${where}`, 'Write one with: cancelkit init')
    : ok('configuration', `${count === 1 ? 'one account' : `${count} accounts`} in ${where}`);
}

/** Where the queue of the configuration is; `undefined` if none is configured and none is in the working directory. */
function queueOf({ queue }: OpenedServices): 'server' | 'directory' | undefined {
  if (Object.keys(queue).length === 0 && !existsSync(DEFAULT_DATABASE)) return undefined;
  const { database = DEFAULT_DATABASE } = queue;
  return typeof database === 'string' ? (placeOfDatabase(database) ?? 'directory') : 'directory';
}

function examineNode(queue: 'server' | 'directory' | undefined): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < 22 || (major === 22 && minor < 13);
  return isOld && queue === 'directory'
    ? failed(
        'node',
        `${process.version}, and an embedded queue needs 22.13 or later`,
        'Update Node.js, or use PostgreSQL.',
      )
    : ok('node', process.version);
}

/** Whether an account can be used, as far as that can be seen; with `asks`, by its provider's own word. */
async function examineAccount(name: string, asks: boolean, opened: OpenedServices): Promise<Finding> {
  const check = `account ${name}`;
  try {
    const place = await opened.services.place(name, { deadlineMs: CONFIGURATION_MS });
    if (!asks) return ok(check, `configured, for ${place}; cancelkit doctor --check asks the provider`);
    const { reads, basis } = await checkAccount(name, await accountNamed(name, opened), callOptions(opened));
    return ok(check, `the credentials were accepted (read: ${reads}${basis === 'inferred' ? '; inferred' : ''})`);
  } catch (error) {
    if (!isProviderError(error)) return failed(check, 'an internal fault; it was not checked');
    const what = error.message.replace(/^[\w-]+: /, '');
    return error.code === 'unsupported' ? warning(check, `not checked: ${what}`) : failed(check, what);
  }
}

const CONFIGURATION_MS = 10_000;
