import picocolors from 'picocolors';
import { jsonLine } from './json-line.ts';

/** The colours of one stream; each leaves the text as it is where the stream takes none. */
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
  /** A line of a result, for people. Nothing with `--json`. */
  readonly line: (text?: string) => void;
  /** A result, for machines: one line of JSON. Nothing without `--json`. */
  readonly record: (value: object) => void;
  /** A message, for people. */
  readonly message: (text: string) => void;
}

/** The output of this process. */
export function createOutput({ json, color }: { readonly json: boolean; readonly color: boolean }): Output {
  const { stdin, stdout, stderr } = process;
  return {
    json,
    colours: picocolors.createColors(color && takesColours(stdout)),
    errorColours: picocolors.createColors(color && takesColours(stderr)),
    isInteractive: stdin.isTTY && stderr.isTTY,
    isTerminal: stderr.isTTY,
    line: (text = '') => {
      if (!json) stdout.write(`${steady(text)}\n`);
    },
    record: (value) => {
      if (json) stdout.write(`${jsonLine(value)}\n`);
    },
    message: (text) => {
      stderr.write(`${steady(text)}\n`);
    },
  };
}

/** One line, in which nothing but our own colours steers the terminal: names and paths come from outside, too. */
function steady(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /(\u001B\[(?:1|2|22|3[1-3]|39)m)|[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (_, colour?: string) => colour ?? ' ',
  );
}

function takesColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY && TERM !== 'dumb';
}
