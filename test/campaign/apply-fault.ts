import type { AnswerFault, Fault } from './fault.ts';
import type { Wire } from './wire.ts';

/** What the provider says where nothing is wrong. */
export interface Truth {
  readonly result: string;
  readonly cancelled: boolean;
}

/** Answers a request, or fails to, as the fault says. */
export function applyFault(fault: Fault, wire: Wire, truth: Truth): void {
  const body = JSON.stringify(truth);
  switch (fault.kind) {
    case 'none':
      answer(wire, 200, JSON.stringify({ ...truth, when: fault.when }));
      return;
    case 'close_after':
      answer(wire, 200, body);
      setTimeout(() => wire.closeIdle(), SHORTLY_MS);
      return;
    case 'reset':
      wire.reset(fault.session === true);
      return;
    case 'hang':
      return;
    case 'cut':
      wire.begin(200, { ...JSON_TYPE, 'content-length': String(body.length) });
      wire.write(body.slice(0, body.length / 2));
      setTimeout(() => wire.reset(false), SHORTLY_MS);
      return;
    case 'drip':
      drip(wire, body, fault.part);
      return;
    case 'answer':
      answer(wire, fault.status, bodyOf(fault, body), fault.retryAfter);
  }
}

const SHORTLY_MS = 2;
const DRIP_MS = 20;
const JSON_TYPE = { 'content-type': 'application/json' } as const;

function bodyOf({ body }: AnswerFault, truth: string): string {
  const bodies = {
    accepted: truth,
    error: '{"error":"try_again"}',
    unauthorized: '{"error":"unauthorized"}',
    html: '<!doctype html><title>Maintenance</title>',
    truncated: truth.slice(0, -3),
    empty: '',
  };
  return bodies[body];
}

function answer(wire: Wire, status: number, body: string, retryAfter?: string): void {
  const wait = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  wire.begin(status, { ...JSON_TYPE, 'content-length': String(body.length), ...wait });
  wire.end(body);
}

function drip(wire: Wire, body: string, part: 'headers' | 'body' = 'body'): void {
  const rawSocket = part === 'headers' ? wire.socket : undefined;
  if (rawSocket === undefined) wire.begin(200, JSON_TYPE);
  else rawSocket.write('HTTP/1.1 200 OK\r\nx-slow: ');
  let position = 0;
  const timer = setInterval(() => {
    // The text goes round for ever: a client that waits for its end waits for its own deadline.
    if (rawSocket === undefined) wire.write(body.charAt(position % body.length));
    else rawSocket.write('x');
    position += 1;
  }, DRIP_MS);
  wire.onClose(() => clearInterval(timer));
}
