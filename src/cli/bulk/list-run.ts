import type { OpenedServices } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { unknownAccount } from '../setup/unknown-account.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import { knownColumns } from './columns.ts';
import { type InputFile, openInput } from './input-file.ts';
import type { Progress } from './progress.ts';

/**
 * Opens the accounts and the list, whose columns depend on them.
 *
 * @throws ProviderError `not_configured` or `invalid_request`
 */
export async function openList(
  file: string,
  format: 'csv' | 'jsonl' | undefined,
  session: Session,
): Promise<{ readonly opened: OpenedServices; readonly input: InputFile }> {
  const opened = await session.open();
  const names = Object.keys(opened.accounts);
  if (names.length === 0) throw unknownAccount(names, opened.path, '');
  return { opened, input: await openInput(file, format, knownColumns(opened)) };
}

/**
 * Stops a run at the first Ctrl-C, whose words appear above the progress.
 *
 * @param inFlight what is allowed to finish.
 * @param code the exit code after a second Ctrl-C.
 */
export function stoppable(
  inFlight: string,
  progress: Progress | undefined,
  { output }: Session,
  code?: number,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const stopping = new AbortController();
  const end = onInterrupt(() => {
    stopping.abort();
    const words = `Stopping: ${inFlight} in flight are allowed to finish. Ctrl-C again ends the process immediately.`;
    if (progress === undefined) output.message(words);
    else progress.log(words);
  }, code);
  return { signal: stopping.signal, end };
}

/** The account that a row counts for; all that are not valid count together. */
export function accountOf(
  row: { readonly ok: true; readonly request: { readonly account: string } } | { readonly ok: false },
): string {
  return row.ok ? row.request.account : '(bad rows)';
}
