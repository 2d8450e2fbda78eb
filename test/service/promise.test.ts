import { createCancelService, isProviderError, ProviderError } from 'cancelkit';
import type { CancelVerdict, Exchange, RefusalCode } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acme, acmeStatus, REQUEST, toRead, toWrite, type AcmeVariant } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, networkError, recordingFetch, writesOf, type RecordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const SUCCESSES: ReadonlySet<string> = new Set(['requested', 'scheduled', 'completed', 'already_cancelled']);
const REFUSALS = [
  'unauthorized',
  'forbidden',
  'not_found',
  'not_cancellable',
  'rejected',
  'rate_limited',
  'unavailable',
  'unexpected_response',
] as const satisfies readonly RefusalCode[];

/** Shorter than any `Retry-After` of the generated responses, so that no repetition waits for it. */
const NO_LONG_WAIT = { deadlineMs: 4_000 };

function serviceWith({ fetch }: RecordingFetch, variant?: AcmeVariant, options: object = {}) {
  const account = acme({ baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' }, variant);
  return createCancelService({ acme: account }, { fetch, ...NO_LONG_WAIT, ...options });
}

/** A server that carries out what it is asked, and says so or not. */
interface Exchanged {
  /** Whether the request ran, as the server knows it. */
  readonly executed: boolean;
  readonly answer: () => Response | Promise<Response>;
}

const bodies = fc.oneof(
  fc.json(),
  fc.string(),
  fc.constantFrom(
    '',
    '{',
    '<html>',
    'null',
    '[]',
    '0',
    '{"result":"odd"}',
    '\u0000',
    '{"__proto__":{"result":"success"}}',
  ),
  fc
    .record({ result: fc.constantFrom('success', 'odd', 'SUCCESS', 7), reference: fc.string() })
    .map((value) => JSON.stringify(value)),
);
const headers = fc.dictionary(
  fc.constantFrom('content-type', 'retry-after', 'location', 'x-odd', 'content-encoding'),
  fc.constantFrom(
    'application/json',
    'text/html',
    '5',
    '-1',
    'Wed, 21 Oct 2099 07:28:00 GMT',
    'https://other.example.com/',
    'br',
  ),
);
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
const respond = (status: number, body: string, given: Record<string, string>): Response =>
  new Response(NO_BODY.has(status) ? null : body, { status, headers: given });

const executedAndAnswered = fc
  // Statuses with which a server answers after it has done something; the definite refusals are another generator's.
  .tuple(
    fc.oneof(fc.integer({ min: 200, max: 300 }), fc.integer({ min: 500, max: 599 }), fc.constantFrom(303, 403, 406)),
    bodies,
    headers,
  )
  .map(([status, body, given]): Exchanged => ({ executed: true, answer: () => respond(status, body, given) }));
const perhapsExecuted = fc
  .constantFrom<readonly [string, string | undefined]>(
    ['ECONNRESET', 'read'],
    ['ECONNRESET', undefined],
    ['EPIPE', 'write'],
    ['ETIMEDOUT', 'read'],
    ['UND_ERR_SOCKET', undefined],
    ['UND_ERR_BODY_TIMEOUT', undefined],
    ['ABORT_ERR', undefined],
    ['', undefined],
  )
  .map(([code, syscall]): Exchanged => ({ executed: true, answer: () => Promise.reject(networkError(code, syscall)) }));
const bodyLost = fc.tuple(fc.integer({ min: 200, max: 599 }), bodies).map(([status, body]): Exchanged => ({
  executed: true,
  answer: () =>
    new Response(
      NO_BODY.has(status) || (status > 300 && status < 400)
        ? null
        : new ReadableStream({
            start: (stream) => {
              stream.enqueue(new TextEncoder().encode(body));
              stream.error(networkError('ECONNREFUSED', 'connect'));
            },
          }),
      { status: NO_BODY.has(status) || (status > 300 && status < 400) ? 500 : status },
    ),
}));
const notExecuted = fc
  .oneof(
    fc.tuple(fc.constantFrom(400, 401, 404, 405, 410, 413, 415, 421, 425, 429), bodies, headers).map(
      ([status, body, given]) =>
        () =>
          respond(status, body, given),
    ),
    fc.constantFrom<readonly [string, string]>(['ECONNREFUSED', 'connect'], ['ENOTFOUND', 'getaddrinfo']).map(
      ([code, syscall]) =>
        () =>
          Promise.reject<Response>(networkError(code, syscall)),
    ),
  )
  .map((answer): Exchanged => ({ executed: false, answer }));
const answered = fc.oneof(executedAndAnswered, perhapsExecuted, bodyLost, notExecuted);
const STATES = ['none', 'requested', 'scheduled', 'completed', 'failed', 'unknown', 'odd'] as const;
const readBacks = fc.oneof(
  answered.map(({ answer }) => answer),
  fc.constantFrom(...STATES).map((state) => () => json({ state })),
  fc.constantFrom(...STATES).map((state) => () => json({ state, when: 'immediate' })),
);

describe('the promise: every code but outcome_unknown means that nothing happened', () => {
  it('holds for an adapter that recognizes its own responses, whatever comes back', async () => {
    await fc.assert(
      fc.asyncProperty(answered, readBacks, async ({ executed, answer }, readBack) => {
        const recording = recordingFetch(({ method }) => (method === 'GET' ? readBack() : answer()));
        const settled = await serviceWith(recording).safeCancel(REQUEST);
        const said = settled.ok ? settled.result.outcome : settled.error.code;
        if (executed) expect(said === 'outcome_unknown' || SUCCESSES.has(said)).toBe(true);
        if (!settled.ok) expect(settled.error.retryable && executed).toBe(false);
        if (executed) expect(writesOf(recording.requests)).toHaveLength(1);
      }),
      { numRuns: 1_500 },
    );
  });

  const words = { message: fc.string(), providerCode: fc.string(), providerMessage: fc.string() };
  const verdicts: fc.Arbitrary<CancelVerdict> = fc.oneof(
    fc.record({
      verdict: fc.constant('accepted' as const),
      outcome: fc.constantFrom('requested', 'scheduled', 'completed'),
    }),
    fc.record({
      verdict: fc.constant('unclear' as const),
      reason: fc.constantFrom('server_error', 'unreadable_answer', 'provider_error'),
      ...words,
    }),
    fc.constant({ verdict: 'unrecognized' as const }),
    fc.record({ verdict: fc.constant('refused' as const), code: fc.constantFrom(...REFUSALS), ...words }),
    fc.record({ verdict: fc.constant('duplicate' as const), ambiguous: fc.boolean(), ...words }),
  );
  const steps = fc.array(fc.tuple(fc.constantFrom('read', 'write'), answered), { minLength: 1, maxLength: 4 });

  it('holds for any verdict after any row of reads and writes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, verdicts, readBacks, async (row, verdict, readBack) => {
        // The steps that were started, how often each was sent, and whether the provider got to judge the last
        // response.
        const started: { readonly kind: string; readonly exchanged: Exchanged; sent: number; status?: number }[] = [];
        let isReadBack = false;
        let judged = false;
        const recording = recordingFetch(async () => {
          const step = started.at(-1);
          if (isReadBack || step === undefined) return readBack();
          step.sent += 1;
          const response = await step.exchanged.answer();
          step.status = response.status;
          return response;
        });
        const service = serviceWith(recording, {
          *cancel(order, config) {
            for (const [kind, exchanged] of row) {
              started.push({ kind, exchanged, sent: 0 });
              yield kind === 'write' ? toWrite(order, config) : toRead(order.service, config);
            }
            judged = true;
            return verdict;
          },
          *status(wanted, config) {
            isReadBack = true;
            return yield* acmeStatus(wanted, config);
          },
        });
        const settled = await service.safeCancel(REQUEST);
        const said = settled.ok ? settled.result.outcome : settled.error.code;
        const writes = started.filter(({ kind }) => kind === 'write');
        const executed = writes.filter(({ exchanged }) => exchanged.executed);
        // One write, besides those that were turned away unprocessed, whose response the provider read itself: its word
        // counts. In every other case the core must be right.
        const earlier = writes.slice(0, -1);
        const isTheOnlyOne = earlier.every(({ status = 0 }) => [408, 421, 425, 429].includes(status));
        const decidedByTheProvider = judged && isTheOnlyOne && started.at(-1)?.kind === 'write';
        if (executed.length > 0 && !decidedByTheProvider) {
          expect(said === 'outcome_unknown' || SUCCESSES.has(said)).toBe(true);
        }
        // What may have been carried out is never sent again; what was turned away, as often as the policy has it.
        expect(executed.map(({ sent }) => sent)).toEqual(executed.map(() => 1));
        expect(Math.max(...started.map(({ sent }) => sent))).toBeLessThanOrEqual(4);
        if (writes.length === 0) expect(said).not.toBe('outcome_unknown');
        if (!settled.ok) expect(settled.error).toBeInstanceOf(ProviderError);
      }),
      { numRuns: 1_500 },
    );
  });

  it('holds for a request that is anything at all: nothing but a ProviderError is thrown, and nothing is sent', async () => {
    const recording = recordingFetch();
    const service = serviceWith(recording);
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (request, options) => {
        const { code, attempts } = await failureOf(untyped(service).cancel(request, options));
        expect([code, attempts]).toEqual(['invalid_request', 0]);
        expect(await untyped(service).safeCancel(request, options)).toMatchObject({ ok: false, error: { code } });
      }),
      { numRuns: 500 },
    );
    expect(recording.requests).toEqual([]);
  });
});

describe('an exchange of several requests', () => {
  type Step = (order: Parameters<typeof toWrite>[0], config: Parameters<typeof toWrite>[1]) => Exchange<CancelVerdict>;
  const refused = { verdict: 'refused', code: 'not_found', message: 'No such service.' } as const;
  const accepted = { verdict: 'accepted', outcome: 'requested' } as const;
  const run = async (cancel: Step, answers: readonly (() => Response | Promise<Response>)[], options: object = {}) => {
    // The last response stands for whatever is sent after it: repetitions, and the read-back of a doubt.
    const recording = recordingFetch((_, count) => answers[Math.min(count, answers.length) - 1]?.() ?? json({}));
    const settled = await serviceWith(recording, { cancel }, options).safeCancel(REQUEST);
    return { settled, error: settled.ok ? undefined : settled.error, requests: recording.requests };
  };
  const writeThenRead: Step = function* (order, config) {
    yield toWrite(order, config);
    const { status } = yield toRead(order.service, config);
    return status === 200 ? accepted : status === 429 ? { verdict: 'unrecognized' } : refused;
  };

  it.each<[string, () => Response | Promise<Response>]>([
    ['is refused', () => json({}, 404)],
    ['is rate limited', () => json({}, 429, { 'retry-after': '60' })],
    ['redirects', () => json({}, 302)],
    ['cannot connect', () => Promise.reject(networkError('ECONNREFUSED', 'connect'))],
    ['loses its connection', () => Promise.reject(networkError('ECONNRESET', 'read'))],
    ['is let in no more', () => json({}, 401)],
  ])('says that the outcome is unknown if the read after the write %s', async (_, answer) => {
    const { error, requests } = await run(writeThenRead, [() => json({}), answer]);
    expect(writesOf(requests)).toHaveLength(1);
    expect(error).toMatchObject({ code: 'outcome_unknown', retryable: false });
    expect(error?.retryAt).toBeUndefined();
    expect(error?.sentAt).toBeDefined();
  });

  it('does not leave it at "nothing was sent" if that is true of the last request alone', async () => {
    const { error } = await run(writeThenRead, [
      () => json({}),
      () => Promise.reject(networkError('ECONNREFUSED', 'connect')),
    ]);
    expect(error?.message).toMatch(
      /the request was sent and may have been carried out.*Nothing was sent\. Check that before anything is sent again/,
    );
  });

  it.each<[string, Step]>([
    [
      'is refused',
      function* (order, config) {
        yield toWrite(order, config);
        yield toWrite(order, config);
        return refused;
      },
    ],
    [
      'is a duplicate that cannot be cancelled',
      function* (order, config) {
        yield toWrite(order, config);
        yield toWrite(order, config);
        return { verdict: 'duplicate', ambiguous: true, message: '' };
      },
    ],
    [
      'is not recognized',
      function* (order, config) {
        yield toWrite(order, config);
        yield toWrite(order, config);
        return { verdict: 'unrecognized' };
      },
    ],
  ])('says that the outcome is unknown if the second of two writes %s', async (_, cancel) => {
    const { error, requests } = await run(cancel, [() => json({}), () => json({}, 404)]);
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(error?.code).toBe('outcome_unknown');
  });

  it('says that the outcome is unknown if the second of two writes never left', async () => {
    const { error, requests } = await run(
      function* (order, config) {
        yield toWrite({ ...order, reference: 'first' }, config);
        yield toWrite({ ...order, reference: 'second' }, config);
        return accepted;
      },
      [() => json({}), () => Promise.reject(networkError('ENOTFOUND', 'getaddrinfo'))],
    );
    expect(error?.code).toBe('outcome_unknown');
    const written = writesOf(requests).map(({ body }) => /first|second/.exec(body)?.[0]);
    expect(written).toEqual(['first', 'second', 'second', 'second', 'second']);
  });

  const odd = { verdict: 'unclear', message: 'Odd.' } as const;
  it.each<[number, 'provider_error' | 'unreadable_answer', string]>([
    [408, 'provider_error', 'unavailable'],
    [429, 'provider_error', 'rate_limited'],
    [408, 'unreadable_answer', 'outcome_unknown'],
    [429, 'unreadable_answer', 'outcome_unknown'],
  ])('whose write is answered with %i, and unclear for %s, ends with %s', async (status, reason, code) => {
    const { error } = await run(
      function* (order, config) {
        yield toWrite(order, config);
        return { ...odd, reason };
      },
      [() => json({}, status)],
    );
    expect(error?.code).toBe(code);
  });

  it.each<[string, CancelVerdict, number, string, number]>([
    ['refused', refused, 200, 'not_found', 1],
    ['not recognized with 401', { verdict: 'unrecognized' }, 401, 'unexpected_response', 1],
    ['not recognized with 503', { verdict: 'unrecognized' }, 503, 'unavailable', 3],
    ['unclear with 200', { ...odd, reason: 'provider_error' }, 200, 'unexpected_response', 1],
    ['unclear with 502', { ...odd, reason: 'server_error' }, 502, 'unavailable', 3],
    ['rate limited', { verdict: 'refused', code: 'rate_limited', message: 'Slow down.' }, 429, 'rate_limited', 3],
  ])('that ends with a login that is %s has a definite code: nothing was written', async (...row) => {
    const [, verdict, status, code, times] = row;
    const { error, requests } = await run(
      function* (order, config) {
        yield toRead(order.service, config);
        return verdict;
      },
      [() => json({}, status)],
    );
    expect(error?.code).toBe(code);
    expect(error?.message).not.toContain('adapter');
    expect(requests.map(({ method }) => method)).toEqual(Array(times).fill('GET'));
  });

  const oddVerdict = (value: unknown): CancelVerdict => {
    const holder: { readonly verdict: unknown } = { verdict: value };
    // oxlint-disable-next-line no-unsafe-type-assertion -- an adapter that breaks its type is what is tested
    return holder.verdict as CancelVerdict;
  };
  it.each<[string, Step, string]>([
    [
      'throws before the write',
      () => {
        throw new Error('secret');
      },
      'unexpected_response',
    ],
    [
      'throws in its first step',
      function* (order, config) {
        if (order.when !== 'immediate') throw new Error('secret');
        yield toWrite(order, config);
        return accepted;
      },
      'unexpected_response',
    ],
    [
      'throws a ProviderError of its own',
      () => {
        throw new ProviderError('rejected', { message: 'secret' });
      },
      'unexpected_response',
    ],
    [
      'throws after the write',
      function* (order, config) {
        yield toWrite(order, config);
        throw new Error('secret');
      },
      'outcome_unknown',
    ],
    [
      'throws a ProviderError after the write',
      function* (order, config) {
        yield toWrite(order, config);
        throw new ProviderError('rejected', { message: 'secret' });
      },
      'outcome_unknown',
    ],
    [
      'says yes without having asked',
      function* () {
        return accepted;
      },
      'unexpected_response',
    ],
    [
      'says yes after a read alone',
      function* (order, config) {
        yield toRead(order.service, config);
        return accepted;
      },
      'unexpected_response',
    ],
    [
      'returns nothing after the write',
      function* (order, config) {
        yield toWrite(order, config);
        return oddVerdict(undefined);
      },
      'outcome_unknown',
    ],
    [
      'returns a verdict of its own after the write',
      function* (order, config) {
        yield toWrite(order, config);
        return oddVerdict({ verdict: 'done', message: 'secret' });
      },
      'outcome_unknown',
    ],
    [
      'asks for an id that is no segment after the write',
      function* (order, config) {
        yield toWrite(order, config);
        yield toRead({ hostingId: '..', domain: '' }, config);
        return accepted;
      },
      'outcome_unknown',
    ],
    [
      'writes without end',
      function* (order, config) {
        for (;;) yield toWrite(order, config);
      },
      'outcome_unknown',
    ],
    [
      'reads without end',
      function* (order, config) {
        for (;;) yield toRead(order.service, config);
      },
      'unexpected_response',
    ],
    [
      'writes and then reads without end',
      function* (order, config) {
        yield toWrite(order, config);
        for (;;) yield toRead(order.service, config);
      },
      'outcome_unknown',
    ],
  ])('by an adapter that %s', async (_, cancel, code) => {
    const { error } = await run(cancel, []);
    expect(error?.code).toBe(code);
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(error?.stack).not.toContain('secret');
  });

  it('that reads without end is over at the deadline', async () => {
    const reads: Step = function* (order, config) {
      for (;;) yield toRead(order.service, config);
    };
    const slow = () => new Promise<Response>((resolve) => setTimeout(() => resolve(json({})), 5));
    const { error, requests } = await run(
      reads,
      Array.from({ length: 400 }, () => slow),
      { deadlineMs: 60 },
    );
    expect(error?.code).toBe('unavailable');
    expect(requests.length).toBeLessThan(100);
  });

  it('that yields something that is no request sends nothing', async () => {
    const odd = function* (): Exchange<CancelVerdict> {
      const nothing: unknown = null;
      // oxlint-disable-next-line no-unsafe-type-assertion -- an adapter that breaks its type is what is tested
      yield nothing as ReturnType<typeof toWrite>;
      return accepted;
    };
    const { error, requests } = await run(odd, []);
    expect(error?.code).toBe('unexpected_response');
    expect(requests).toEqual([]);
  });
});

describe('a verdict of success', () => {
  it.each([500, 503, 599])('with the status %i is not believed', async (status) => {
    const recording = recordingFetch(() => json({}, status));
    const service = serviceWith(recording, {
      *cancel(order, config) {
        yield toWrite(order, config);
        return { verdict: 'accepted', outcome: 'completed' };
      },
    });
    expect(await failureOf(service.cancel(REQUEST))).toMatchObject({ code: 'outcome_unknown', reason: 'server_error' });
  });

  it('of "scheduled" without a date is only "requested"', async () => {
    const service = serviceWith(recordingFetch(), {
      *cancel(order, config) {
        yield toWrite(order, config);
        return { verdict: 'accepted', outcome: 'scheduled' };
      },
    });
    expect(await service.cancel(REQUEST)).toMatchObject({ outcome: 'requested', reconciled: false, attempts: 1 });
  });

  it('carries the date, the reference and the warnings that the provider gave', async () => {
    const effectiveAt = { value: '2999-12-01', precision: 'date', source: 'provider' } as const;
    const warnings = [{ code: 'immediate_deferred', message: 'At the next run.' }] as const;
    const service = serviceWith(
      recordingFetch(() => json({ id: 7 })),
      {
        *cancel(order, config) {
          yield toWrite(order, config);
          return { verdict: 'accepted', outcome: 'scheduled', effectiveAt, providerReference: 'r-7', warnings };
        },
      },
    );
    const result = await service.cancel(REQUEST);
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt, providerReference: 'r-7', warnings });
    expect(result.raw).toEqual({ status: 200, body: { id: 7 } });
  });
});

describe('a read-back', () => {
  const { account, service: wanted } = REQUEST;

  it('never ends as an unknown outcome, whatever comes back', async () => {
    await fc.assert(
      fc.asyncProperty(answered, async ({ answer }) => {
        try {
          await serviceWith(recordingFetch(answer)).status({ account, service: wanted });
        } catch (error) {
          expect(isProviderError(error)).toBe(true);
          expect(isProviderError(error, 'outcome_unknown')).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that tries to write sends nothing', async () => {
    const recording = recordingFetch();
    const service = serviceWith(recording, {
      *status() {
        yield { effect: 'write', method: 'DELETE', path: ['all'], form: {} };
        return { verdict: 'unrecognized' };
      },
    });
    expect(await failureOf(service.status({ account, service: wanted }))).toMatchObject({
      code: 'unexpected_response',
    });
    expect(recording.requests).toEqual([]);
  });
});
