import type { CancelFlags } from '../setup/flags.ts';
import { namedService } from '../setup/named-service.ts';
import type { Session } from '../setup/session.ts';
import { isTimingUnknown, writeResult } from '../setup/show-result.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { readToken } from '../terminal/read-token.ts';
import { describedDetails } from './cancel.ts';

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
  const result = await interruptible(
    (signal) => opened.services.confirm(request, { signal, ...(flags.verify === true ? { verify: true } : {}) }),
    session.output,
  );
  session.output.record({ command: session.command, ok: true, result });
  writeResult(result, session.output);
  return isTimingUnknown(result) ? EXIT.unknown : EXIT.done;
}
