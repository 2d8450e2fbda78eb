import type { AdapterOperations } from '../accounts/account-driver.ts';
import type { Call } from '../call/call.ts';
import { REPORT_IT } from '../contract/report-it.ts';
import type { CancellationOptions, Money, OfferedTiming, Timing } from '../contract/vocabulary.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { runExchange } from '../sending/run-exchange.ts';
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
  service: AdapterOperations,
  declared: readonly Timing[],
  call: Call,
  route: SendContext,
): Promise<CancellationOptions> {
  const reading = service.options?.();
  if (reading === undefined) {
    const message =
      'the API cannot say what this service allows. See capabilities for what the provider offers, and preview for ' +
      'what would be sent.';
    throw call.error({ code: 'unsupported', message });
  }
  const { verdict, lastResponse: last } = await runExchange(reading, call, route, 'read');
  if (last === undefined) throw call.error({ code: 'unexpected_response', message: 'the adapter asked nothing' });
  if (verdict.verdict !== 'offered') throw call.error(readFailure(verdict, last.response));
  const { timings, reasons, requiredExtras, existing, raw } = verdict.options;
  if (timings.some(({ timing }) => !declared.includes(timing))) {
    const message = `the adapter is faulty: it lists a timing that its capabilities do not have. ${REPORT_IT}`;
    throw call.error({ code: 'unexpected_response', message });
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
    ...(existing === undefined ? {} : { existing: scrubbed(withoutPastSchedule(existing, last.response), redactor) }),
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
