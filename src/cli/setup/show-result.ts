import type { CancelResult } from '../../contract/result.ts';
import type { CancellationStatus, EffectiveAt } from '../../contract/vocabulary.ts';
import { whenText } from '../../contract/when.ts';
import { STATE_WORDS } from '../../queue/words/state-words.ts';
import { type Labelled, writeLabelled } from '../terminal/labelled.ts';
import type { Output } from '../terminal/output.ts';
import { writtenService } from './parse-service.ts';

const OPEN =
  'There is a cancellation, and the provider does not tell its timing: it may be another than you asked for.';

/** Whether the cancellation that was found may have another timing than was asked for. */
export function isTimingUnknown({ warnings }: CancelResult): boolean {
  return warnings.some(({ code }) => code === 'timing_unknown');
}

/** Writes the result of a cancellation. */
export function writeResult(result: CancelResult, output: Output): void {
  const { colours } = output;
  const { account, provider, outcome, existing } = result;
  // What was found may not be what was asked for.
  const isOpen = isTimingUnknown(result);
  const sign = isOpen ? colours.yellow('!') : colours.green('✓');
  output.line(`${sign} ${colours.bold(outcome)}: ${isOpen ? OPEN : STATE_WORDS[outcome].meaning}`);
  writeLabelled(output, [
    ['account', `${account} (${provider})`],
    ['service', serviceText(result.service)],
    [isOpen ? 'asked for' : 'when', whenText(result.when)],
    ['effective at', effectiveText(result.effectiveAt)],
    ['provider reference', result.providerReference],
    ['read back', existing === undefined ? undefined : existing.state],
    ['established by', result.reconciled ? 'reading back, since the response was lost' : undefined],
    ...result.warnings.map(({ code, message }): Labelled => ['warning', `${code}: ${message}`]),
    ['operation', result.operationId],
  ]);
}

/** The lines of a state that was read. */
export function stateLabels(status: CancellationStatus, canRevoke: boolean): readonly Labelled[] {
  return [
    ['when', status.when === undefined ? undefined : whenText(status.when)],
    ['effective at', effectiveText(status.effectiveAt)],
    ['requested at', status.requestedAt],
    ['reason', status.reason],
    ['can be undone', undoText(status, canRevoke)],
  ];
}

function undoText({ state, revocable }: CancellationStatus, canRevoke: boolean): string | undefined {
  if (state === 'none') return undefined;
  if (revocable) return 'yes';
  if (!canRevoke) return 'no: this provider’s API cannot';
  return state === 'completed' ? 'no' : 'not known: `cancelkit revoke` asks';
}

/** A service reference, as it is typed. */
export function serviceText(service: unknown): string {
  return typeof service === 'object' && service !== null ? writtenService({ ...service }) : String(service);
}

function effectiveText(at: EffectiveAt | undefined): string | undefined {
  if (at === undefined) return undefined;
  return at.source === 'computed' ? `${at.value} (computed)` : at.value;
}
