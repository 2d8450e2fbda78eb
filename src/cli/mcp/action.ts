import { byWhom } from '../actions/with-queue.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { reportError } from '../terminal/report-error.ts';
import { proposeTools } from './propose-tool.ts';
import { readingTools } from './reading-tools.ts';
import { reservedStdout, serve } from './server.ts';
import type { ToolContext } from './tool.ts';

/** `cancelkit mcp` */
export async function mcp({ open, output, command }: Session, version: string): Promise<number> {
  // Before the configuration is loaded, which may print something.
  const stdout = reservedStdout();
  const quiet = { ...output, json: false, record: () => undefined, line: (text = '') => output.message(text) };
  try {
    const opened = await open();
    const session = { command, output: quiet, open: () => Promise.resolve(opened) };
    const context: ToolContext = { opened, session, inTurn: turns(), by: `mcp (${byWhom(undefined)})`, proposals: 0 };
    await serve([...readingTools(opened), ...proposeTools()], context, version, stdout);
    return EXIT.done;
  } catch (error) {
    return reportError(error, command, quiet);
  }
}

/** Runs one piece of work after another, whether the one before has failed or not. */
function turns(): ToolContext['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work, work);
    last = run.catch(() => undefined);
    return run;
  };
}
