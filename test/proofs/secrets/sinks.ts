import { inspect } from 'node:util';

/** Where a secret could come out. */
export const SINKS = [
  'message',
  'providerMessage',
  'providerCode',
  'issues',
  'raw',
  'stack',
  'inspect',
  'json',
  'structuredClone',
  'preview',
  'events',
  'tracing',
] as const;

export type Sink = (typeof SINKS)[number];

/** What one call gave out, each sink as text. A sink that the call did not fill is left out. */
export type Spilled = Partial<Record<Sink, string>>;

/** The outcome of a call, with the events on the way. */
export interface CallOutput {
  /** The error, or the result. */
  readonly value: unknown;
  readonly events: readonly unknown[];
  /** The message of the tracing channel, with its result or error. */
  readonly trace: unknown;
  readonly isPreview: boolean;
}

/** Everything that can be seen of a value: `inspect` goes as deep as there is something, and shows what is hidden. */
function everything(value: unknown): string {
  return inspect(value, {
    depth: Infinity,
    showHidden: true,
    getters: true,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Infinity,
  });
}

/** Writes down what a call gave out, sink by sink. */
export function spilled({ value, events, trace, isPreview }: CallOutput): Spilled {
  const isError = value instanceof Error;
  const parts: Spilled = {
    ...texts(value, isError),
    inspect: everything(value),
    json: JSON.stringify(value) ?? '',
    structuredClone: everything(structuredClone(value)),
    ...(isPreview ? { preview: everything(value) } : {}),
    events: `${everything(events)}${JSON.stringify(events)}`,
    ...(trace === undefined ? {} : { tracing: everything(trace) }),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''));
}

function texts(value: unknown, isError: boolean): Spilled {
  if (typeof value !== 'object' || value === null) return {};
  const field = (name: string): string => {
    const own: unknown = Reflect.get(value, name);
    return own === undefined ? '' : typeof own === 'string' ? own : everything(own);
  };
  const existing = field('existing');
  const raw = `${field('raw')}${existing}${field('before')}`;
  if (!isError) return { raw, providerCode: field('providerReference') };
  return {
    message: `${field('message')} ${field('publicMessage')}`,
    providerMessage: field('providerMessage'),
    providerCode: field('providerCode'),
    issues: field('issues'),
    raw,
    stack: field('stack'),
  };
}

/** The sinks in which any of the traces is, and how many searches that took. */
export function leaks(
  output: Spilled,
  traces: readonly string[],
): { readonly found: readonly Sink[]; readonly searches: number } {
  const found: Sink[] = [];
  let searches = 0;
  for (const sink of SINKS) {
    const text = output[sink];
    if (text === undefined) continue;
    // However often quotes and backslashes have been escaped on the way out, without backslashes both sides agree.
    const plain = text.replaceAll('\\', '');
    searches += traces.length;
    if (traces.some((trace) => plain.includes(trace))) found.push(sink);
  }
  return { found, searches };
}
