/** What a plain HTTP call brought back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; `undefined` when it is no JSON. */
  readonly json: unknown;
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

export function postForm(url: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  return call(url, { method: 'POST', body: new URLSearchParams(fields) });
}

export function sendJson(
  method: string,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  init: RequestInit = {},
): Promise<Answer> {
  const json = { 'content-type': 'application/json', accept: 'application/json', ...headers };
  return call(url, { method, body: JSON.stringify(body), headers: json, ...init });
}

/** Waits until the condition holds; the test's own time limit is the end of it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
