import { resolve } from 'node:path';
import type { BulkFlags } from '../setup/flags.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { reportError } from '../terminal/report-error.ts';
import { writeRequest } from '../terminal/show-request.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { admitRows, confirmImmediate } from './admit-rows.ts';
import { validRows, type CheckedRows } from './check-rows.ts';
import { isToSend, readEarlierRun, type EarlierRun } from './earlier-run.ts';
import { requireList, type InputFile } from './input-file.ts';
import { accountOf, openList, stoppable } from './list-run.ts';
import { openProgress } from './open-progress.ts';
import { openResults, refuseExisting } from './results-file.ts';
import { OutcomeCounts } from './row-outcome.ts';
import { lockRun } from './run-lock.ts';
import { runRows, type FinishedRow } from './run-rows.ts';
import { AccountStops, FirstFailures, writeSummary } from './summary.ts';

/** `cancelkit bulk` */
export async function bulk(file: string, flags: BulkFlags, session: Session): Promise<number> {
  const path = flags.results ?? (file === '-' ? undefined : `${file}.results.jsonl`);
  if (path === undefined && flags.dryRun !== true) {
    throw wrongUse('the results of a list from stdin need a name: add --results FILE. Nothing was sent.');
  }
  // Before a configuration is executed for it.
  requireList(file, flags.format);
  if (path !== undefined && resolve(path) === resolve(file)) {
    throw wrongUse('--results names the list itself. Name a file of its own for the results. Nothing was sent.');
  }
  if (path !== undefined && flags.resume !== true && flags.dryRun !== true) refuseExisting(path);
  const { opened, input: copy } = await openList(file, flags.format, session);
  using input = copy;
  if (path === undefined || flags.dryRun === true) {
    using results = flags.resume === true && path !== undefined ? await openResults(path, true) : undefined;
    const earlier = results === undefined ? undefined : await readEarlierRun(results);
    await admitRows(input, opened, flags, session, earlier);
    return await preview(input, opened, earlier, session);
  }
  if (flags.resume === true) {
    using results = await openResults(path, true);
    const earlier = await readEarlierRun(results);
    using run = await lockRun(earlier.run, results, session.output.message);
    results.belongTo(run);
    results.keepPrivate(session.output.message);
    return await send({ input, opened, results, earlier, checked: await checkAll(earlier), flags, session });
  }
  const checked = await checkAll();
  // Made last, so that a list that is refused leaves none behind.
  using results = await openResults(path, false);
  using run = await lockRun(undefined, results, session.output.message);
  results.belongTo(run);
  return await send({ input, opened, results, earlier: undefined, checked, flags, session });

  async function checkAll(earlier?: EarlierRun): Promise<CheckedRows> {
    const found = await admitRows(input, opened, flags, session, earlier);
    await confirmImmediate(found, flags, opened, session);
    return found;
  }
}

interface Sending {
  readonly input: InputFile;
  readonly opened: OpenedServices;
  readonly results: Awaited<ReturnType<typeof openResults>>;
  readonly earlier: EarlierRun | undefined;
  readonly checked: CheckedRows;
  readonly flags: BulkFlags;
  readonly session: Session;
}

async function send({ checked, flags, session, ...run }: Sending): Promise<number> {
  const { output, command } = session;
  const counts = new OutcomeCounts(checked.accounts.keys());
  const failures = new FirstFailures();
  const stops = new AccountStops();
  const progress = await openProgress(checked, counts, output);
  const stopping = stoppable('cancellations', progress, session);
  try {
    await runRows({
      ...run,
      verify: flags.verify === true,
      concurrency: flags.concurrency,
      checked,
      signal: stopping.signal,
      tell: (finished) => {
        const { row, outcome, settled } = finished;
        counts.add(accountOf(row), outcome);
        progress?.update();
        for (const code of warningsOf(finished)) counts.warn(code);
        if (settled?.ok === false) {
          const { error } = settled;
          if (outcome !== 'not_begun') failures.add({ line: row.line, outcome, error });
          else if (error.code !== 'aborted') stops.add(accountOf(row), error);
        }
        const record = recordOf(finished);
        if (record !== undefined) output.record({ command, row: row.row, line: row.line, outcome, ...record });
      },
      drained: output.drained,
      fail: (error) => {
        progress?.stop();
        process.exit(reportError(error, command, output));
      },
      onProgress: (made) => progress?.update(made),
    });
  } finally {
    progress?.stop();
    stopping.end();
  }
  for (const [account, rows] of checked.accounts) counts.add(account, 'not_begun', rows - counts.total(account));
  writeSummary(
    { counts, rows: checked.rows, results: run.results.path, failures: failures.shown, stops: stops.all },
    session,
  );
  return counts.exitCode;
}

async function preview(
  input: InputFile,
  opened: OpenedServices,
  earlier: EarlierRun | undefined,
  { output, command }: Session,
): Promise<number> {
  for await (const row of validRows(input, opened)) {
    if (!row.ok || !isToSend(earlier?.stateOf(row.row))) continue;
    const result = await opened.services.preview(row.request);
    output.record({ command, ok: true, dryRun: true, row: row.row, line: row.line, result });
    output.line(output.colours.dim(`# line ${row.line}`));
    writeRequest(result, output);
    output.line();
  }
  return EXIT.done;
}

/** What is printed of a row with `--json`. A bad row was printed when the list was checked. */
function recordOf({ outcome, settled, earlier }: FinishedRow): object | undefined {
  if (earlier !== undefined) return { ok: true, earlier: true, result: { ...earlier, outcome } };
  if (settled === undefined) return undefined;
  return settled.ok ? { ok: true, result: settled.result } : { ok: false, error: settled.error };
}

/** The codes of its warnings, each once. */
function warningsOf({ settled, earlier }: FinishedRow): ReadonlySet<string> {
  const warnings = earlier?.warnings ?? (settled?.ok === true ? settled.result.warnings : []);
  return new Set(warnings.map(({ code }) => code));
}
