import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import { REPORT_IT } from '../../contract/report-it.ts';
import { whenText } from '../../contract/when.ts';
import { exitCodeOf } from './exit-code.ts';
import { labelledLines } from './labelled.ts';
import { nextStepOf } from './next-step.ts';
import type { Output } from './output.ts';
import { visible } from './visible.ts';

/** Says on stderr what went wrong and what to do next, and as JSON if that is asked for. Returns the exit code. */
export function reportError(error: unknown, command: string, output: Output): number {
  if (!isProviderError(error)) {
    // It may hold anything that it was given, and so is not shown.
    const { code, words } = faultOf(command);
    const message = `an internal fault of cancelkit. ${words}`;
    output.record({ command, ok: false, error: new ProviderError(code, { message }) });
    output.message(`${output.errorColours.red('✗')} ${message} ${REPORT_IT}`);
    return exitCodeOf(code);
  }
  output.record({ command, ok: false, error });
  for (const line of errorLines(error, output)) output.message(line);
  return exitCodeOf(error.code);
}

/** What is certain after a command has failed unexpectedly. */
function faultOf(command: string): {
  readonly code: 'outcome_unknown' | 'unexpected_response';
  readonly words: string;
} {
  if (READS.includes(command)) return { code: 'unexpected_response', words: 'Nothing was sent that changes anything.' };
  if (command.startsWith('queue ') && !['queue work', 'queue ui'].includes(command)) {
    const words = 'Whether the queue was changed is not known: read it with `cancelkit queue list`.';
    return { code: 'outcome_unknown', words };
  }
  return { code: 'outcome_unknown', words: 'What was sent is not known: look it up before you send it again.' };
}

/** The commands that change nothing at a provider and nothing in a queue. Every other one might have. */
const READS: readonly string[] = [
  'accounts',
  'cancelkit',
  'check',
  'complete',
  'completion',
  'find',
  'doctor',
  'init',
  'preview',
  'queue export',
  'queue list',
  'queue show',
  'queue stats',
  'sandbox',
  'status',
];

/** What is said of an error, for people. */
export function errorLines(error: ProviderError, { errorColours: colours }: Output): readonly string[] {
  const {
    account,
    provider,
    code,
    message,
    providerStatus,
    providerMessage,
    providerReference,
    reason,
    lastSeen,
    sentAt,
    existing,
    retryAt,
    operationId,
  } = error;
  const repeats = providerMessage !== undefined && message.includes(providerMessage);
  const earlier =
    existing === undefined
      ? undefined
      : `${existing.state}${existing.when === undefined ? '' : `, ${whenText(existing.when)}`}`;
  return [
    `${colours.red('✗')} ${colours.bold(code)}: ${visible(message)}`,
    ...labelledLines(
      [
        ['account', account === undefined ? undefined : `${account}${provider === undefined ? '' : ` (${provider})`}`],
        ['provider said', repeats ? undefined : providerMessage],
        ['provider reference', providerReference],
        ['http status', providerStatus === undefined || providerStatus < 300 ? undefined : String(providerStatus)],
        ['because of', reason],
        ['sent at', sentAt],
        ['last seen', lastSeen === 'absent' ? 'absent: the provider has no such service' : lastSeen],
        ['existing', earlier],
        ['retry at', retryAt],
        ['operation', operationId],
        ['next', nextStepOf(error)],
      ],
      colours.dim,
    ),
  ];
}
