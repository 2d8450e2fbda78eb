import type { Dispatcher } from 'undici';
import type { ResponseBody } from '../contract/exchange.ts';
import { BodyCollector } from './response-body.ts';

/** All that ky sees of a response: that there was one. */
export const SEEN_BY_KY = { ok: true } as const;

/** How far a dispatched request got. From `sending` on, bytes of it may have left the machine. */
export type DispatchPhase = 'connecting' | 'sending' | 'answered' | 'ended';

/**
 * Records what happened to one dispatched request. It is undici's dispatch handler, with the callbacks of version 6
 * (`onConnect` …), which version 7, that of our own agents, takes as they are.
 *
 * undici calls `onConnect` immediately before it writes the request line, on HTTP/1.1 and HTTP/2 alike. That is what
 * makes `connecting` a proof that nothing was sent.
 */
export class DispatchHandler implements Dispatcher.DispatchHandler {
  status = 0;
  headers: Readonly<Record<string, string>> = {};
  /** Present once the response has been read to its end, or to the bound. */
  body: ResponseBody | undefined;
  /** What the exchange failed with. It may hold anything, so it is only examined, never shown. */
  error: unknown;
  /** How often the dispatcher started to send; more than once if it repeats requests by itself. */
  starts = 0;
  /** Resolves when the response is complete or the exchange has failed or was given up, to what ky may see of it. */
  readonly ended: Promise<typeof SEEN_BY_KY>;
  #settle: (seen: typeof SEEN_BY_KY) => void = () => undefined;
  #phase: DispatchPhase = 'connecting';
  #reached: Exclude<DispatchPhase, 'ended'> = 'connecting';
  #abort: ((reason: Error) => void) | undefined;
  #collector: BodyCollector | undefined;

  readonly #isTooLate: () => boolean;

  /**
   * @param isTooLate asked immediately before anything is written. If it is, nothing is: the machine has slept while
   * the connection was made, and by now another process may act on the same service.
   */
  constructor(isTooLate: () => boolean = () => false) {
    this.#isTooLate = isTooLate;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get phase(): DispatchPhase {
    return this.#phase;
  }

  /** The last phase before the end: `connecting` if nothing was written. */
  get reached(): Exclude<DispatchPhase, 'ended'> {
    return this.#reached;
  }

  /** Gives the exchange up. A request that has not been started will not be. */
  giveUp(): void {
    if (this.#end()) this.#abort?.(new Error('given up'));
  }

  onConnect(abort: (reason: Error) => void): void {
    if (this.#phase === 'connecting' && this.#isTooLate()) this.#fail(new Error('slept'));
    if (this.#phase === 'ended') {
      abort(new Error('given up'));
      return;
    }
    this.starts += 1;
    this.#abort = abort;
    this.#advance('sending');
  }

  onHeaders(status: number, raw: readonly Uint8Array[]): boolean {
    // Informational responses come before the response itself.
    if (status < 200 || this.#phase === 'ended') return true;
    const headers: Record<string, string> = {};
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = latin1(raw[at]).toLowerCase();
      const value = latin1(raw[at + 1]);
      headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
    }
    this.answered(status, headers);
    return true;
  }

  /** The headers of the response are there. */
  protected answered(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#phase === 'ended') return;
    this.#advance('answered');
    this.status = status;
    this.headers = headers;
    this.#collector = new BodyCollector(headers['content-encoding'], (body) => this.#complete(body));
  }

  onData(chunk: Uint8Array): boolean {
    if (this.#phase !== 'ended') this.#collector?.add(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#phase === 'ended') return;
    if (this.#collector === undefined) this.onError(new Error('a response without headers'));
    else this.#collector.end();
  }

  onUpgrade(): void {
    this.#fail(new Error('an upgrade that was not asked for'));
    this.#abort?.(new Error('given up'));
  }

  onError(error: unknown): void {
    this.#fail(error);
  }

  #complete(body: ResponseBody | undefined): void {
    if (body === undefined) {
      // The body cannot be decoded: what follows is of no use.
      this.#fail(new Error('a body that cannot be decoded'));
      this.#abort?.(new Error('given up'));
      return;
    }
    this.body = body;
    if (body.kind === 'too_large') this.giveUp();
    else this.#end();
  }

  #fail(error: unknown): void {
    if (this.#phase === 'ended') return;
    this.error = error;
    this.#end();
  }

  #advance(to: 'sending' | 'answered'): void {
    this.#phase = to;
    this.#reached = to;
  }

  #end(): boolean {
    if (this.#phase === 'ended') return false;
    this.#phase = 'ended';
    this.#collector?.discard();
    this.#settle(SEEN_BY_KY);
    return true;
  }
}

/**
 * The same for a dispatcher that another part of the program has installed, which may be of any version: with the
 * callbacks of versions 7 and 8 (`onRequestStart` …), too.
 */
export class AnyDispatchHandler extends DispatchHandler {
  onRequestStart(controller: { readonly abort: (reason: Error) => void }): void {
    this.onConnect((reason) => controller.abort(reason));
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): void {
    if (status < 200) return;
    const joined: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) joined[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
    }
    this.answered(status, joined);
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    this.onData(chunk);
  }

  onResponseEnd(): void {
    this.onComplete();
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.onError(error);
  }
}

function latin1(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '';
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)).toString('latin1');
}
