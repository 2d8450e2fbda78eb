/** A response of a server, or how it fails to respond. */
export type FuzzedAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string | Uint8Array<ArrayBuffer>;
      readonly headers: Readonly<Record<string, string>>;
      /** The connection is lost once the body has been sent. */
      readonly breaks: boolean;
      /** Whether it is a documented response unchanged. */
      readonly isDocumented: boolean;
    }
  | {
      readonly kind: 'failure';
      /** Whether the error proves that nothing was sent. */
      readonly notSent: boolean;
      readonly error: unknown;
    };

/** What a response's body is, read without the library. */
export type ReadBody =
  { readonly is: 'json'; readonly value: unknown } | { readonly is: 'nothing' } | { readonly is: 'unreadable' };

/** A response as the oracles see it. */
export interface ReadAnswer {
  readonly status: number;
  readonly body: ReadBody;
}

/** More than this is not read of a body, decoded. */
const MOST_BYTES = 256 * 1024;
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Reads a response; `undefined` if none came, or not to its end. */
export function readAnswer(answer: FuzzedAnswer): ReadAnswer | undefined {
  if (answer.kind === 'failure') return undefined;
  const { status } = answer;
  if (WITHOUT_BODY.has(status)) return { status, body: { is: 'nothing' } };
  const bytes = Buffer.from(answer.body);
  if (bytes.byteLength > MOST_BYTES) return { status, body: { is: 'unreadable' } };
  return answer.breaks ? undefined : { status, body: readText(bytes.toString('utf8').trim()) };
}

function readText(text: string): ReadBody {
  if (text === '') return { is: 'nothing' };
  const whole = parsed(text);
  if (whole !== undefined) return { is: 'json', value: whole };
  // After other text, one object that says something is an answer.
  const start = text.indexOf('{');
  const ending = start > 0 ? asObject(parsed(text.slice(start))) : undefined;
  return ending === undefined || Object.keys(ending).length === 0
    ? { is: 'unreadable' }
    : { is: 'json', value: ending };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The object that a body is; `undefined` for everything else, arrays included. */
export function objectIn(answer: ReadAnswer | undefined): Readonly<Record<string, unknown>> | undefined {
  return answer?.body.is === 'json' ? asObject(answer.body.value) : undefined;
}

/** A value as an object with its own fields; `undefined` if it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // Without a prototype, so that only what was sent is a field.
  const own: Readonly<Record<string, unknown>> = Object.assign(Object.create(null), value);
  return own;
}

/** The response as a `fetch` gives it. */
export function toResponse(answer: FuzzedAnswer): Response {
  if (answer.kind === 'failure') throw answer.error;
  const { status, body, headers, breaks } = answer;
  // A Response can only be made with some statuses; a server can answer with any.
  const usual = status >= 200 && status <= 599;
  const content = WITHOUT_BODY.has(status) ? null : breaks ? breakingOff(body) : body;
  const response = new Response(content, { status: usual ? status : 200, headers });
  return usual ? response : Object.defineProperty(response, 'status', { value: status });
}

function breakingOff(body: string | Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(body));
    },
    pull(controller) {
      controller.error(new TypeError('terminated'));
    },
  });
}
