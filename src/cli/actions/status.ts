import type { CancellationState } from '../../contract/vocabulary.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { writeLabelled } from '../terminal/labelled.ts';
import { namedService } from '../setup/named-service.ts';
import { accountNamed } from '../setup/open-services.ts';
import { writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { stateLabels } from '../setup/show-result.ts';

/** What a state means, in a sentence. */
const MEANINGS: { readonly [State in CancellationState]: string } = {
  none: 'There is no cancellation.',
  requested: 'It is cancelled; the provider still has to act on it.',
  scheduled: 'It is cancelled, with the date that it takes effect.',
  completed: 'The service is over.',
  failed: 'The provider tried to cancel it and failed: it is not cancelled.',
  unknown: 'The provider’s answer does not tell.',
};

/** `cancelkit status` */
export async function status(
  account: string,
  words: readonly string[],
  providerReference: string | undefined,
  session: Session,
): Promise<number> {
  const { output, command } = session;
  const opened = await session.open();
  const service = await namedService(account, words, opened);
  const request = { account, service, ...(providerReference === undefined ? {} : { providerReference }) };
  const result = await interruptible((signal) => opened.services.status(request, { signal }), output);
  output.record({ command, ok: true, account, service, result });
  output.line(`${output.colours.bold(result.state)}: ${MEANINGS[result.state]}`);
  const { provider, capabilities } = await accountNamed(account, opened);
  const name = `${account} (${provider})`;
  writeLabelled(output, [
    ['account', name],
    ['service', writtenService(service)],
    ...stateLabels(result, capabilities.revoke),
  ]);
  return EXIT.done;
}
