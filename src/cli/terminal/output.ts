import { once } from 'node:events';
import picocolors from 'picocolors';
import { jsonLine } from './json-line.ts';

/** The colours of one stream; each leaves the text unchanged if the stream takes no colours. */
export type Colours = ReturnType<typeof picocolors.createColors>;

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean;
  readonly colours: Colours;
  readonly errorColours: Colours;
  /** Whether a person can be asked: input and messages are a terminal's. */
  readonly isInteractive: boolean;
  /** Whether the messages go to a terminal. */
  readonly isTerminal: boolean;
  /** Whether that terminal can replace lines that it shows. */
  readonly canRedraw: boolean;
  /** A line of a result, for people. Nothing with `--json`. */
  readonly line: (text?: string) => void;
  /** A result, for machines: one line of JSON. Nothing without `--json`. */
  readonly record: (value: object) => void;
  /** A message, for people. */
  readonly message: (text: string) => void;
  /** Waits until the reader of stdout has taken most of what was written, or has gone. */
  readonly drained: () => Promise<void>;
}

/** The output of this process. */
export function createOutput({ json, color }: { readonly json: boolean; readonly color: boolean }): Output {
  const { stdin, stdout, stderr } = process;
  return {
    json,
    colours: picocolors.createColors(color && takesColours(stdout)),
    errorColours: picocolors.createColors(color && takesColours(stderr)),
    isInteractive: isTerminal(stdin) && isTerminal(stderr),
    isTerminal: isTerminal(stderr),
    canRedraw: isTerminal(stderr) && process.env['TERM'] !== 'dumb',
    line: (text = '') => {
      if (!json) stdout.write(`${steady(text)}\n`);
    },
    record: (value) => {
      if (json) stdout.write(`${jsonLine(value)}\n`);
    },
    message: (text) => {
      stderr.write(`${steady(text)}\n`);
    },
    drained: () => drained(stdout),
  };
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writableNeedDrain) return;
  const waiting = new AbortController();
  const events = ['drain', 'close', 'error'].map((name) => once(stream, name, { signal: waiting.signal }));
  // A reader that has gone is noted elsewhere.
  await Promise.race(events).catch(() => undefined);
  waiting.abort();
  await Promise.allSettled(events);
}

/** One line, in which nothing but our own colours steers the terminal: names and paths come from outside, too. */
function steady(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /(\u001B\[(?:1|2|22|3[1-3]|39)m)|[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (_, colour?: string) => colour ?? ' ',
  );
}

/**
 * Whether a stream takes colours. A variable that is empty counts as not set (https://no-color.org,
 * https://force-color.org).
 */
function takesColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = process.env;
  if (NO_COLOR !== '' || FORCE_COLOR === '0' || FORCE_COLOR.toLowerCase() === 'false') return false;
  return FORCE_COLOR !== '' || (isTerminal(stream) && TERM !== 'dumb');
}

/** The types promise a boolean, but `isTTY` is missing from a stream that is no terminal. */
function isTerminal({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true;
}
