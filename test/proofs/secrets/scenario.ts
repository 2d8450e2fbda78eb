import type { OperationEvent, ErrorCode } from '../../../src/index.ts';
import type { Random } from '../random.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the server repeats, ready to be put into a response. */
export interface Echo {
  /** The encoded secret. */
  readonly text: string;
  /** A sentence around it; some are so long that it lies where messages are cut. */
  readonly message: string;
  /** Fields for any object: as a value, inside a value, as a key, in a list. */
  readonly fields: JsonObject;
}

/** A response of the server, or how it fails to respond. */
export type ScenarioAnswer =
  | {
      readonly status: number;
      readonly body?: JsonObject | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly fails: unknown };

/** What a call is made with. */
export interface Ask {
  readonly fetch: typeof globalThis.fetch;
  readonly onEvent: (event: OperationEvent) => void;
  readonly echo: Echo;
}

/** One call that ends in one way, whatever the secret is. */
export interface Scenario {
  /** The class of errors or results that it stands for; several accounts can stand for the same. */
  readonly name: string;
  readonly expects: ErrorCode | 'result';
  /** In the order in which they are given; the last one is given again and again. */
  readonly answers: (echo: Echo) => readonly ScenarioAnswer[];
  readonly call: (ask: Ask) => Promise<unknown>;
}

/** One account, and everything in its configuration that must not come out. */
export interface Subject {
  /** The first is the random one. */
  readonly secrets: readonly string[];
  readonly scenarios: readonly Scenario[];
  /** What an inspection of it must not tell. */
  readonly account: unknown;
}

export function echoOf(text: string, random: Random): Echo {
  const filler = random.chance(0.3) ? 'The request was looked at. '.repeat(random.between(10, 20)) : 'It was ';
  return {
    text,
    message: `${filler}${random.pick(['', '"', ' (', '<', "='"])}${text}${random.pick(['', '"', ')', '>', "'", '.'])}`,
    fields: { received: text, [`field ${text}`]: [1, text, { deep: `>${text}<` }], hint: `pw=${text}&x=1` },
  };
}

/** A fetch that gives these answers. What it gives is JSON with escapes where `escaped` says so. */
export function answering(answers: readonly ScenarioAnswer[], escaped: boolean): typeof globalThis.fetch {
  let count = 0;
  return async () => {
    const answer = answers[Math.min(count, answers.length - 1)];
    count += 1;
    if (answer === undefined) throw new Error('the scenario has no responses');
    // A fetch can fail with anything.
    if ('fails' in answer) throw answer.fails;
    const { status, body = '', headers = {} } = answer;
    const text = typeof body === 'string' ? body : toJson(body, escaped);
    return new Response(status === 204 ? null : text, { status, headers });
  };
}

/** The failure of Node's `fetch` for a lost connection, with the secret wherever an error has room for it. */
export function lostWith({ text }: Echo): TypeError {
  const cause = Object.assign(new Error(`read ECONNRESET ${text}`), {
    code: 'ECONNRESET',
    syscall: 'read',
    data: text,
  });
  return Object.assign(new TypeError(`fetch failed: ${text}`, { cause }), { request: { body: text } });
}

/** Scenarios that are the same for every account, made of one of its calls. */
export function commonScenarios(
  call: (ask: Ask, options?: { readonly signal: AbortSignal }) => Promise<unknown>,
): readonly Scenario[] {
  const html = ({ message }: Echo): string =>
    `<html><head><title>${message}</title></head><body>${message}</body></html>`;
  const later = { 'retry-after': '3600' };
  return [
    {
      name: 'rate_limited',
      expects: 'rate_limited',
      answers: (echo) => [
        {
          status: 429,
          body: { status: 'error', message: echo.message, errorMessage: echo.message, ...echo.fields },
          headers: later,
        },
      ],
      call,
    },
    {
      name: 'unavailable',
      expects: 'unavailable',
      answers: (echo) => [{ status: 408, body: html(echo), headers: later }],
      call,
    },
    {
      name: 'unexpected_response, a page',
      expects: 'unexpected_response',
      answers: (echo) => [{ status: 404, body: html(echo) }],
      call,
    },
    {
      name: 'unexpected_response, a redirect',
      expects: 'unexpected_response',
      answers: (echo) => [
        { status: 302, headers: { location: `https://elsewhere.example/?pw=${encodeURIComponent(echo.text)}` } },
      ],
      call,
    },
    {
      name: 'outcome_unknown, a page',
      expects: 'outcome_unknown',
      answers: (echo) => [{ status: 200, body: html(echo) }],
      call,
    },
    {
      name: 'outcome_unknown, lost',
      expects: 'outcome_unknown',
      answers: (echo) => [{ fails: lostWith(echo) }, { status: 403, body: html(echo) }],
      call,
    },
    {
      name: 'aborted',
      expects: 'aborted',
      answers: () => [{ status: 500 }],
      call: (ask) => call(ask, { signal: AbortSignal.abort(new Error(ask.echo.text)) }),
    },
  ];
}

/** Calls a function of a service with what its types would not let through. */
export function untyped(service: object, name: string, request: unknown): Promise<unknown> {
  const member: unknown = Reflect.get(service, name);
  if (typeof member !== 'function') throw new TypeError(`${name} is not a function`);
  return Promise.resolve(member(request));
}

function toJson(body: JsonObject, escaped: boolean): string {
  const text = JSON.stringify(body);
  if (!escaped) return text;
  return text
    .replaceAll('/', '\\/')
    .replace(/[^ -~]|[<>&']/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
