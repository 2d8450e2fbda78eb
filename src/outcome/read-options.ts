import type { AdapterOperations } from '../accounts/account-internals.ts';
import type { Call } from '../call/call.ts';
import type { CancellationOptions, Money, OfferedTiming, Timing } from '../contract/vocabulary.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { adapterFault } from '../sending/adapter-fault.ts';
import { runRead } from '../sending/run-exchange.ts';
import type { SendContext } from '../sending/send-context.ts';
import { withoutPastSchedule } from './past-date.ts';
import { readFailure, scrubbed } from './read-status.ts';

/**
 * Reads what one service allows now.
 *
 * @param declared the timings that the provider declares.
 * @throws ProviderError `unsupported` if the provider, or this service, has no such read, and others
 */
export async function readOptions(
  adapter: AdapterOperations,
  declared: readonly Timing[],
  call: Call,
  context: SendContext,
): Promise<CancellationOptions> {
  const reading = adapter.options?.();
  if (reading === undefined) {
    const message =
      'the API cannot say what this service allows. See capabilities for what the provider offers, and preview for ' +
      'what would be sent.';
    throw call.error({ code: 'unsupported', message });
  }
  const { verdict, response } = await runRead(reading, call, context);
  if (verdict.verdict !== 'offered') throw call.error(readFailure(verdict, response));
  const { timings, reasons, requiredExtras, existing, raw } = verdict.options;
  if (timings.some(({ timing }) => !declared.includes(timing))) {
    throw call.error(adapterFault('it lists a timing that its capabilities do not have'));
  }
  const { redactor } = call;
  return {
    timings: timings.map((timing) => withoutSecrets(timing, redactor)),
    ...(reasons === undefined
      ? {}
      : {
          reasons: reasons.map(({ code, label, categories }) => ({
            code: redactor.text(code),
            label: redactor.words(label),
            ...(categories === undefined ? {} : { categories }),
          })),
        }),
    ...(requiredExtras === undefined ? {} : { requiredExtras: requiredExtras.map((name) => redactor.text(name)) }),
    ...(existing === undefined ? {} : { existing: scrubbed(withoutPastSchedule(existing, response), redactor) }),
    raw: redactor.data(raw),
  };
}

/** Only these fields: an adapter's object may have more than its type says. */
function withoutSecrets(
  { timing, effectiveAt, from, to, fee, refund }: OfferedTiming,
  redactor: Redactor,
): OfferedTiming {
  return {
    timing,
    ...(effectiveAt === undefined ? {} : { effectiveAt: redactor.date(effectiveAt) }),
    ...(from === undefined ? {} : { from: redactor.text(from) }),
    ...(to === undefined ? {} : { to: redactor.text(to) }),
    ...(fee === undefined ? {} : { fee: moneyOf(fee, redactor) }),
    ...(refund === undefined ? {} : { refund: moneyOf(refund, redactor) }),
  };
}

function moneyOf({ amount, currency }: Money, redactor: Redactor): Money {
  return { amount: redactor.text(amount), currency: redactor.text(currency) };
}
