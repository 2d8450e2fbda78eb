import { isProviderError, ProviderError } from '../provider-error.ts';
import { REPORT_IT } from '../report-it.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { labelledLines } from './labelled.ts';
import { NEXT_STEPS } from './next-step.ts';
import type { Output } from './output.ts';
import { visible } from './visible.ts';

/** Says on stderr what went wrong and what to do next, and as JSON where that is asked for. Returns the exit code. */
export function reportError(error: unknown, command: string, output: Output): number {
  if (!isProviderError(error)) {
    // It may hold anything that it was given, and so is not shown.
    const message = 'an internal fault of cancelkit. What was sent is not known: look it up before you send it again.';
    output.record({ command, ok: false, error: new ProviderError('outcome_unknown', { message }) });
    output.message(`${output.errorColours.red('✗')} ${message} ${REPORT_IT}`);
    return EXIT.unknown;
  }
  output.record({ command, ok: false, error });
  for (const line of errorLines(error, output)) output.message(line);
  return exitCodeOf(error.code);
}

/** What is said of an error, for people. */
export function errorLines(error: ProviderError, { errorColours: colours }: Output): readonly string[] {
  const {
    account,
    provider,
    code,
    message,
    providerStatus,
    providerMessage,
    reason,
    lastSeen,
    sentAt,
    existing,
    retryAt,
    operationId,
  } = error;
  const repeats = providerMessage !== undefined && message.includes(providerMessage);
  const earlier = existing === undefined ? undefined : `${existing.state}${existing.when ? `, ${existing.when}` : ''}`;
  return [
    `${colours.red('✗')} ${colours.bold(code)}: ${visible(message)}`,
    ...labelledLines(
      [
        ['account', account === undefined ? undefined : `${account}${provider === undefined ? '' : ` (${provider})`}`],
        ['provider said', repeats ? undefined : providerMessage],
        ['http status', providerStatus === undefined || providerStatus < 300 ? undefined : String(providerStatus)],
        ['because of', reason],
        ['sent at', sentAt],
        ['last seen', lastSeen],
        ['existing', earlier],
        ['retry at', retryAt],
        ['operation', operationId],
        ['next', NEXT_STEPS[code]],
      ],
      colours.dim,
    ),
  ];
}
