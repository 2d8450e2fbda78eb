import type { Capabilities } from '../../contract/capabilities.ts';
import { ProviderError } from '../../contract/provider-error.ts';
import type { Output } from './output.ts';
import { unlessIdle } from './process-end.ts';
import { visible } from './visible.ts';
import { wrongUse } from './wrong-use.ts';

/** What happens to the data of a service that is cancelled immediately. */
export const DATA: { readonly [Fate in Capabilities['immediateDestroysData']]: string } = {
  yes: 'the provider deletes the data immediately and for good',
  later: 'the service stops now, and the provider deletes its data later',
  unknown: 'when the provider deletes the data is not known: take it for gone',
};

/** What a person has to type, and what is shown first. */
export interface Question {
  readonly warnings: readonly string[];
  readonly message: string;
  readonly expected: string;
}

/**
 * Has a person type what they are about to do.
 *
 * @throws ProviderError `invalid_request` without a terminal; `aborted` if the person leaves it
 */
export async function confirm(question: Question, output: Output): Promise<void> {
  if (!output.isInteractive) {
    const warnings = question.warnings.map((warning) => (warning.endsWith('.') ? warning : `${warning}.`)).join(' ');
    throw wrongUse(
      `${warnings} Nothing was sent: without a terminal, the command cannot ask for confirmation. Add --yes to confirm.`,
    );
  }
  const { isCancel, log, text } = await import('@clack/prompts');
  for (const warning of question.warnings) log.warn(visible(warning), { output: process.stderr });
  const { expected, message } = question;
  // A Ctrl-D closes the input, and nothing would be left to wait for.
  const closed = new AbortController();
  const answer = text({
    message: visible(message),
    signal: closed.signal,
    output: process.stderr,
    validate: (value) =>
      value?.trim() === expected ? undefined : `Type exactly: ${expected} (or press Ctrl-C to leave)`,
  });
  const typed = await unlessIdle(answer, () => {
    closed.abort();
    return undefined;
  });
  if (typed === undefined || isCancel(typed))
    throw new ProviderError('aborted', { message: 'not confirmed. Nothing was sent.' });
}
