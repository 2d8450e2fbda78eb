import type { CancellationOptions, EffectiveAt, Money, OfferedTiming } from '../../contract/vocabulary.ts';
import { namedService } from '../setup/named-service.ts';
import { accountNamed } from '../setup/open-services.ts';
import { writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { stateLabels } from '../setup/show-result.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { type Labelled, writeLabelled } from '../terminal/labelled.ts';

/** `cancelkit options` */
export async function options(account: string, words: readonly string[], session: Session): Promise<number> {
  const { output, command } = session;
  const opened = await session.open();
  const service = await namedService(account, words, opened);
  const result = await interruptible((signal) => opened.services.options({ account, service }, { signal }), output);
  output.record({ command, ok: true, account, service, result });
  const { provider, capabilities } = await accountNamed(account, opened);
  output.line(output.colours.bold(writtenService(service)));
  writeLabelled(output, [['account', `${account} (${provider})`], ...labelsOf(result)]);
  if (result.existing !== undefined) writeLabelled(output, stateLabels(result.existing, capabilities.revoke));
  return EXIT.done;
}

function labelsOf({ timings, reasons = [], requiredExtras = [], existing }: CancellationOptions): readonly Labelled[] {
  return [
    ...timings.map((timing): Labelled => ['--when', timingText(timing)]),
    ...(timings.length === 0 ? [['--when', 'nothing: it cannot be cancelled now'] as const] : []),
    ...reasons.map(({ code, label }): Labelled => ['--reason-code', code === label ? code : `${code}  (${label})`]),
    ...requiredExtras.map((name): Labelled => ['--extra', `${name}=… (required)`]),
    ['cancellation', existing === undefined ? 'none' : existing.state],
  ];
}

function timingText({ timing, effectiveAt, from, to, fee, refund }: OfferedTiming): string {
  const word = timing === 'on_date' ? dates(from, to) : timing;
  const facts = [
    effectiveAt === undefined ? '' : `takes effect ${at(effectiveAt)}`,
    fee === undefined ? '' : `costs ${money(fee)}`,
    refund === undefined ? '' : `refunds ${money(refund)}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? word : `${word}  (${facts.join(', ')})`;
}

function dates(from: string | undefined, to: string | undefined): string {
  return `a date${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`;
}

function at({ value }: EffectiveAt): string {
  return value;
}

function money({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}
