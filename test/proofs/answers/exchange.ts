import { type FuzzedAnswer, type ReadAnswer, readAnswer, toResponse } from './answer.ts';
import type { RequestKind } from './documented.ts';

/** One request of a call, and what it was given. */
export interface Exchanged {
  readonly kind: RequestKind;
  readonly isWrite: boolean;
  /** Requests with the same key ask the same: the later one is a repetition, or the next look. */
  readonly key: string;
  readonly answer: FuzzedAnswer;
  /** `undefined` if no response came, or not to its end. */
  readonly read: ReadAnswer | undefined;
}

/** What the request is, told by what goes over the wire. */
export type KindOf = (method: string, url: URL, form: URLSearchParams) => RequestKind;

/** The requests that can change something. */
export type WriteKind = 'cancel' | 'order' | 'undo';

export function isWriteKind(kind: RequestKind): kind is WriteKind {
  return kind === 'cancel' || kind === 'order' || kind === 'undo';
}

/** A fetch that answers with what `give` makes up, and keeps lists of that and of what `give` failed with. */
export function exchanging(
  kindOf: KindOf,
  give: (kind: RequestKind) => FuzzedAnswer,
): {
  readonly fetch: typeof globalThis.fetch;
  readonly exchanges: readonly Exchanged[];
  readonly faults: readonly unknown[];
} {
  const exchanges: Exchanged[] = [];
  const faults: unknown[] = [];
  const given = (kind: RequestKind): FuzzedAnswer => {
    try {
      return give(kind);
    } catch (error) {
      // Thrown from here on it would only look like a connection that was lost.
      faults.push(error);
      throw error;
    }
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const isForm = request.headers.get('content-type')?.includes('form') === true;
    const form = new URLSearchParams(isForm ? await request.text() : '');
    const kind = kindOf(request.method, new URL(request.url), form);
    const answer = given(kind);
    const key = `${request.method} ${request.url} ${form.get('limitstart') ?? ''}`;
    exchanges.push({ kind, isWrite: isWriteKind(kind), key, answer, read: readAnswer(answer) });
    return toResponse(answer);
  };
  return { fetch, exchanges, faults };
}

/** The last response to each request, in the order in which they were first made. */
export function lastAnswers(
  exchanges: readonly Exchanged[],
  ...kinds: readonly RequestKind[]
): readonly (ReadAnswer | undefined)[] {
  const byKey = new Map<string, ReadAnswer | undefined>();
  for (const exchange of exchanges) if (kinds.includes(exchange.kind)) byKey.set(exchange.key, exchange.read);
  return [...byKey.values()];
}
