import type { CancelResult } from '../../contract/result.ts';
import type { AnyWhen } from '../../contract/vocabulary.ts';
import { WHEN_WORDS } from '../../contract/when.ts';
import { extrasOf } from '../setup/extras.ts';
import type { CancelFlags } from '../setup/flags.ts';
import { namedService } from '../setup/named-service.ts';
import { type OpenedServices, accountNamed } from '../setup/open-services.ts';
import { type ServiceReference, writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { isTimingUnknown, writeResult } from '../setup/show-result.ts';
import { DATA, confirm } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { readToken } from '../terminal/read-token.ts';
import { writeRequest } from '../terminal/show-request.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/** A cancellation as the command line describes it. */
export interface DescribedCancellation {
  readonly account: string;
  readonly service: ServiceReference;
  readonly when: AnyWhen;
  readonly reason?: string | { readonly category?: never; readonly text?: string; readonly providerCode?: string };
  readonly reference?: string;
  readonly extras?: Readonly<Record<string, string | boolean>>;
}

/** `cancelkit cancel` */
export async function cancel(
  account: string,
  words: readonly string[],
  flags: CancelFlags,
  session: Session,
): Promise<number> {
  requireWhen(flags);
  const opened = await session.open();
  const request = await describedCancellation(account, words, flags, opened);
  if (flags.dryRun === true) return await show(request, opened, session);
  await confirmImmediate(request, flags.yes === true, opened, session);
  return await carryOut((options) => opened.services.cancel(request, options), flags, session);
}

/** `cancelkit confirm` */
export async function confirmCancellation(
  account: string,
  words: readonly string[],
  flags: CancelFlags,
  session: Session,
): Promise<number> {
  const opened = await session.open();
  const service = await namedService(account, words, opened);
  const details = await describedDetails(account, flags, opened);
  const token = await readToken(session.output);
  const request = { account, service, token, ...details };
  return await carryOut((options) => opened.services.confirm(request, options), flags, session);
}

/** `cancelkit preview` */
export async function preview(
  account: string,
  words: readonly string[],
  flags: CancelFlags,
  session: Session,
): Promise<number> {
  requireWhen(flags);
  const opened = await session.open();
  return await show(await describedCancellation(account, words, flags, opened), opened, session);
}

/**
 * The request that the command line describes, checked as far as it can be without sending anything.
 *
 * @throws ProviderError
 */
export async function describedCancellation(
  account: string,
  words: readonly string[],
  flags: CancelFlags,
  opened: OpenedServices,
): Promise<DescribedCancellation> {
  const when = requireWhen(flags);
  const service = await namedService(account, words, opened);
  const request = { account, service, when, ...(await describedDetails(account, flags, opened)) };
  await opened.services.validate(request);
  return request;
}

/** What the command line says besides the service and the timing. */
async function describedDetails(
  account: string,
  flags: Pick<CancelFlags, 'reason' | 'category' | 'reasonCode' | 'reference' | 'extra'>,
  opened: OpenedServices,
): Promise<Pick<DescribedCancellation, 'reason' | 'reference' | 'extras'>> {
  const { reference, extra } = flags;
  return {
    ...reasonOf(flags),
    ...(reference === undefined ? {} : { reference }),
    ...(extra === undefined ? {} : { extras: extrasOf(extra, await accountNamed(account, opened)) }),
  };
}

/**
 * When it takes effect. To be asked before a configuration is run, which the error needs nothing of.
 *
 * @throws ProviderError `invalid_request`
 */
export function requireWhen({ when }: CancelFlags): AnyWhen {
  if (when !== undefined) return when;
  throw wrongUse(
    `--when is missing, and has no default: ${WHEN_WORDS.join(', ')} or a date such as 2026-12-31. Nothing was sent.`,
  );
}

/**
 * Has a person type the service's id before it is cancelled immediately.
 *
 * @throws ProviderError
 */
export async function confirmImmediate(
  { account, service, when }: DescribedCancellation,
  isConfirmed: boolean,
  opened: OpenedServices,
  { output }: Session,
): Promise<void> {
  if (when !== 'immediate' || isConfirmed) return;
  const { provider, capabilities } = await accountNamed(account, opened);
  const [id = ''] = Object.values(service);
  const fate = DATA[capabilities.immediateDestroysData];
  const warnings = [`This cancels ${writtenService(service)} at ${account} (${provider}) now: ${fate}`];
  await confirm({ warnings, message: `Type ${id} to cancel it now.`, expected: String(id) }, output);
}

async function carryOut(
  call: (options: { readonly signal: AbortSignal; readonly verify: boolean }) => Promise<CancelResult>,
  { verify = false }: CancelFlags,
  { output, command }: Session,
): Promise<number> {
  const result = await interruptible((signal) => call({ signal, verify }), output);
  output.record({ command, ok: true, result });
  writeResult(result, output);
  return isTimingUnknown(result) ? EXIT.unknown : EXIT.done;
}

async function show(request: DescribedCancellation, opened: OpenedServices, session: Session): Promise<number> {
  const result = await opened.services.preview(request);
  session.output.record({ command: session.command, ok: true, dryRun: true, result });
  writeRequest(result, session.output);
  return EXIT.done;
}

function reasonOf({ reason, category, reasonCode }: CancelFlags): Pick<DescribedCancellation, 'reason'> {
  if (category === undefined && reasonCode === undefined) return reason === undefined ? {} : { reason };
  // Commander takes the categories alone, and the request is checked again.
  // oxlint-disable-next-line no-unsafe-type-assertion
  const named = category === undefined ? {} : { category: category as never };
  const code = reasonCode === undefined ? {} : { providerCode: reasonCode };
  return { reason: { ...named, ...code, ...(reason === undefined ? {} : { text: reason }) } };
}
