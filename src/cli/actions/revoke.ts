import type { RevokeOutcome } from '../../contract/outcome.ts';
import { previewRevoke } from '../../outcome/preview.ts';
import { namedService } from '../setup/named-service.ts';
import { accountNamed } from '../setup/open-services.ts';
import { writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { writeLabelled } from '../terminal/labelled.ts';
import { writeRequest } from '../terminal/show-request.ts';

/** What an outcome means, in a sentence. */
const MEANINGS: { readonly [Outcome in RevokeOutcome]: string } = {
  revoked: 'The cancellation is gone; it was read back.',
  requested: 'The provider queued the undo; it can still fail. Read it back in a while.',
  nothing_to_revoke: 'There was no cancellation. Nothing was changed.',
};

/** `cancelkit revoke` */
export async function revoke(
  account: string,
  words: readonly string[],
  isDryRun: boolean,
  session: Session,
): Promise<number> {
  const { output, command } = session;
  const opened = await session.open();
  const service = await namedService(account, words, opened);
  if (isDryRun) {
    const request = await previewRevoke(account, await accountNamed(account, opened), service);
    output.record({ command, ok: true, dryRun: true, result: request });
    output.message('The state would be read first; only if there is a cancellation, this would be sent:');
    writeRequest(request, output);
    return EXIT.done;
  }
  const result = await interruptible((signal) => opened.services.revoke({ account, service }, { signal }), output);
  output.record({ command, ok: true, result });
  output.line(`${output.colours.green('✓')} ${output.colours.bold(result.outcome)}: ${MEANINGS[result.outcome]}`);
  writeLabelled(output, [
    ['account', `${account} (${result.provider})`],
    ['service', writtenService(service)],
    ['before', result.before.state],
    ['provider reference', result.providerReference],
    ['operation', result.operationId],
  ]);
  return EXIT.done;
}
