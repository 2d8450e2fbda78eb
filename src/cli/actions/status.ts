import { isProviderError } from '../../contract/provider-error.ts';
import type { CancellationState, CancellationStatus } from '../../contract/vocabulary.ts';
import type { StatusFlags } from '../setup/flags.ts';
import { namedService } from '../setup/named-service.ts';
import { type OpenedServices, accountNamed } from '../setup/open-services.ts';
import { type ServiceReference, writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { stateLabels } from '../setup/show-result.ts';
import { whereLabels, whereToLook } from '../setup/where-to-look.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { labelledLines, writeLabelled } from '../terminal/labelled.ts';
import { reportError } from '../terminal/report-error.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/** What a state means, in a sentence. */
const MEANINGS: { readonly [State in CancellationState]: string } = {
  none: 'There is no cancellation.',
  requested: 'It is cancelled; the provider still has to act on it.',
  scheduled: 'It is cancelled, with the date that it takes effect.',
  completed: 'The service is over.',
  failed: 'The provider tried to cancel it and failed: it is not cancelled.',
  unknown: 'The provider’s response does not tell.',
};

/** `cancelkit status` */
export async function status(
  account: string | undefined,
  words: readonly string[],
  { list, providerReference, ...flags }: StatusFlags,
  session: Session,
): Promise<number> {
  if (list !== undefined) {
    if (account !== undefined) throw wrongUse('--list names the services: leave ACCOUNT and SERVICE out.');
    if (providerReference !== undefined) throw wrongUse('--provider-reference is of one service: leave --list out.');
    return await (await import('../bulk/status-list.ts')).statusList(list, flags, session);
  }
  const missing = account === undefined ? 'account' : 'service';
  if (account === undefined || words.length === 0) throw wrongUse(`${missing} is missing. ${WRITTEN}`);
  const ofLists = Object.keys(flags)[0];
  if (ofLists !== undefined) throw wrongUse(`--${ofLists} is of a list, and --list is missing. ${WRITTEN}`);
  return await one(account, words, providerReference, session);
}

const WRITTEN =
  'It is written: cancelkit status <account> <service...>, or cancelkit status --list <file>. See: cancelkit status --help';

async function one(
  account: string,
  words: readonly string[],
  providerReference: string | undefined,
  session: Session,
): Promise<number> {
  const { output, command } = session;
  const opened = await session.open();
  const service = await namedService(account, words, opened);
  const request = { account, service, ...(providerReference === undefined ? {} : { providerReference }) };
  let result: CancellationStatus;
  try {
    result = await interruptible((signal) => opened.services.status(request, { signal }), output);
  } catch (error) {
    if (!isProviderError(error, 'unsupported')) throw error;
    const code = reportError(error, command, output);
    // Only a person can look then.
    await writeWhere(account, service, opened, session);
    return code;
  }
  output.record({ command, ok: true, account, service, result });
  output.line(`${output.colours.bold(result.state)}: ${MEANINGS[result.state]}`);
  const { provider, capabilities } = await accountNamed(account, opened);
  const name = `${account} (${provider})`;
  writeLabelled(output, [
    ['account', name],
    ['service', writtenService(service)],
    ...stateLabels(result, capabilities.revoke),
  ]);
  if (result.state === 'unknown') await writeWhere(account, service, opened, session);
  return EXIT.done;
}

async function writeWhere(
  account: string,
  service: ServiceReference,
  opened: OpenedServices,
  { output }: Session,
): Promise<void> {
  const where = await whereToLook(opened, account, service);
  for (const line of labelledLines(whereLabels(where), output.errorColours.dim)) output.message(line);
}
