/** A request as a recording fetch saw it. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A fetch that records what it is given and answers without a network. */
export interface RecordingFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly RecordedRequest[];
}

/** Makes a {@link RecordingFetch}; what `answer` throws is what the fetch fails with. */
export function recordingFetch(
  answer: (request: RecordedRequest, count: number) => Response | Promise<Response> = () => json({ result: 'success' }),
): RecordingFetch {
  const requests: RecordedRequest[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    const { method, url } = request;
    requests.push({ method, url, headers: Object.fromEntries(request.headers), body });
    return await answer({ method, url, headers: Object.fromEntries(request.headers), body }, requests.length);
  };
  return { fetch, requests };
}

/**
 * A fetch that gives these answers one after the other, and then the last one again and again: an error is thrown, a
 * response returned, and anything else sent as JSON.
 */
export function answering(...answers: readonly unknown[]): RecordingFetch {
  return recordingFetch((_, count) => {
    const answer = answers[Math.min(count, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer.clone() : json(answer);
  });
}

/** Those of the requests that may change something: all but what is read. */
export function writesOf<Sent extends { readonly method: string }>(requests: readonly Sent[]): readonly Sent[] {
  return requests.filter(({ method }) => method !== 'GET');
}

/** A response with a JSON body. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** An error as Node's own network code makes it, inside the wrapper that `fetch` puts around it. */
export function networkError(code: string, syscall?: string): TypeError {
  const cause = Object.assign(new Error(`${syscall ?? 'socket'} ${code}`), {
    code,
    ...(syscall === undefined ? {} : { syscall }),
  });
  return new TypeError('fetch failed', { cause });
}
