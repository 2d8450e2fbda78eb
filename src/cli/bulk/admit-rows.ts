import type { BulkFlags } from '../setup/flags.ts';
import { type OpenedServices, accountNamed } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { DATA, confirm } from '../terminal/confirm.ts';
import { visible } from '../terminal/visible.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { checkRows, type CheckedRows } from './check-rows.ts';
import type { EarlierRun } from './earlier-run.ts';
import type { InputFile } from './input-file.ts';
import type { ReadRow } from './row-request.ts';

/**
 * Reads the whole list, and reports each bad row.
 *
 * @throws ProviderError `invalid_request` if the rows may not be sent
 */
export async function admitRows(
  input: InputFile,
  opened: OpenedServices,
  flags: BulkFlags,
  { output, command }: Session,
  earlier?: EarlierRun,
): Promise<CheckedRows> {
  const tellBad = ({ row, line, problem }: ReadRow & { readonly ok: false }): void => {
    output.record({
      command,
      ok: false,
      row,
      line,
      outcome: 'bad',
      error: wrongUse(problem),
    });
    output.message(`line ${line}: ${visible(problem)}`);
  };
  const checked = await checkRows(input, opened, tellBad, earlier);
  if (checked.rows === 0) throw wrongUse('the list has no rows. Nothing was sent.');
  if (checked.bad > 0 && flags.skipBad !== true) {
    const what = `${checked.bad} of ${checked.rows} rows are not valid`;
    throw wrongUse(`${what}. Nothing was sent. Correct them, or leave them out with --skip-bad.`);
  }
  if (checked.bad === checked.rows) throw wrongUse('no row is valid. Nothing was sent.');
  return checked;
}

/**
 * Has a person type how many services are cancelled immediately, before they are sent.
 *
 * @throws ProviderError
 */
export async function confirmImmediate(
  { immediate, toSend }: CheckedRows,
  flags: BulkFlags,
  opened: OpenedServices,
  { output }: Session,
): Promise<void> {
  if (immediate.size === 0 || flags.yes === true) return;
  const count = [...immediate.values()].reduce((sum, each) => sum + each, 0);
  const warnings = [`${count} of ${toSend} rows ${count === 1 ? 'asks' : 'ask'} for immediate`];
  for (const [name, rows] of immediate) {
    const { provider, capabilities } = await accountNamed(name, opened);
    warnings.push(`${rows} at ${name} (${provider}): ${DATA[capabilities.immediateDestroysData]}`);
  }
  await confirm({ warnings, message: `Type ${count} to cancel them now.`, expected: String(count) }, output);
}
