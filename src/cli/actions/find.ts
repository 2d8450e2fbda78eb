import type { FoundService } from '../../contract/find.ts';
import { accountNamed, formsOf } from '../setup/open-services.ts';
import { writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { shellWord } from '../setup/shell-word.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { tableLines } from '../terminal/table.ts';

// A long list is read page by page, and a person waits for it.
const DEADLINE_MS = 180_000;

/** `cancelkit find` */
export async function find(name: string, query: string, limit: number | undefined, session: Session): Promise<number> {
  const { output, command } = session;
  const opened = await session.open();
  const account = await accountNamed(name, opened);
  const request = { account: name, query, ...(limit === undefined ? {} : { limit }) };
  const result = await interruptible(
    (signal) => opened.services.find(request, { signal, deadlineMs: DEADLINE_MS }),
    output,
  );
  const { services, truncated, unreadable } = result;
  const isFound = services.length > 0;
  output.record({ command, ok: true, account: name, result });
  const forms = formsOf(account);
  const written = ({ service }: FoundService): string => {
    const reference = { ...(typeof service === 'object' ? service : {}) };
    const ids = Object.values(reference);
    const isPlain =
      ids.length === 1 &&
      forms.some(({ plainId, example }) => {
        const [key = ''] = Object.keys(example);
        return plainId?.test(String(ids[0])) === true && Object.hasOwn(reference, key);
      });
    return writtenService(reference, isPlain);
  };
  if (isFound) {
    const rows = services.map((found) => [
      found.name,
      written(found),
      found.stateText === undefined || found.stateText.toLowerCase() === found.state
        ? found.state
        : `${found.state} (${found.stateText})`,
      found.nextDueDate?.value ?? '',
      found.endsOn?.value ?? '',
      found.cancellation?.state ?? '',
    ]);
    const head = ['name', 'service', 'state', 'next due', 'ends on', 'cancellation'];
    for (const line of tableLines(head, rows, output.colours)) output.line(line);
    output.line();
    for (const found of services.slice(0, SHOWN)) {
      const words = written(found)
        .split(' ')
        .map((word) => shellWord(word))
        .join(' ');
      output.line(`cancelkit status ${shellWord(name)} ${words}`);
      output.line(
        `cancelkit cancel ${shellWord(name)} ${words} --when ${account.capabilities.timings.includes('end_of_period') ? 'end_of_period' : '…'}`,
      );
    }
  } else output.message('Nothing was found under that text.');
  if (truncated) output.message('There may be more: search for more of the name, or raise --limit.');
  if (unreadable > 0) {
    const entries = unreadable === 1 ? 'entry' : 'entries';
    output.message(`${unreadable} ${entries} of the list could not be read, and may be what you search for.`);
  }
  return isFound ? EXIT.done : EXIT.refused;
}

/** For so many services, the commands are printed too. */
const SHOWN = 3;
