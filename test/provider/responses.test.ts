import {
  absentIsRefused,
  accepted,
  absentOrError,
  checkedBy,
  defined,
  duplicate,
  effectiveAt,
  notAbsent,
  oauthAccess,
  oauthVerdict,
  offered,
  readBody,
  reading,
  refused,
  refusedByStatus,
  refusedField,
  stateUntil,
  tooEarly,
  unclear,
  verdictOnError,
  type AbsentVerdict,
  type CancellationStatus,
  type Exchange,
  type ProviderResponse,
  type ResponseBody,
  type StandardSchema,
} from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const schema = v.object({ id: v.pipe(v.number(), v.transform(String)) });

describe('readBody', () => {
  it('returns what the schema makes of a JSON body', () => {
    expect(readBody({ body: { kind: 'json', value: { id: 7, other: 1 } } }, schema)).toEqual({
      id: '7',
    });
  });

  const unread: readonly ResponseBody[] = [
    { kind: 'json', value: { id: 'x' } },
    { kind: 'json', value: null },
    { kind: 'other', text: '{"id":7}' },
    { kind: 'empty' },
    { kind: 'too_large' },
  ];

  it.each(unread.map((body) => ({ body })))('returns nothing for $body', (response) => {
    expect(readBody(response, schema)).toBeUndefined();
  });

  it('refuses a schema that answers later, since the body would count as read', () => {
    const later: StandardSchema<unknown, number> = {
      '~standard': { version: 1, vendor: 'test', validate: async () => await Promise.resolve({ value: 1 }) },
    };
    expect(() => readBody({ body: { kind: 'json', value: 1 } }, later)).toThrow(
      new TypeError('readBody: the schema must be synchronous'),
    );
  });
});

describe('refusedByStatus', () => {
  const messages = { unauthorized: 'a', forbidden: 'b', not_found: 'c', rate_limited: 'd' };

  it.each([
    [401, 'unauthorized', 'a'],
    [403, 'forbidden', 'b'],
    [404, 'not_found', 'c'],
    [429, 'rate_limited', 'd'],
  ] as const)('takes %i for %s', (status, code, message) => {
    expect(refusedByStatus(status, messages)).toEqual(refused(code, message));
  });

  it.each([200, 204, 302, 400, 405, 409, 422, 423, 500, 503])('leaves %i to the adapter', (status) => {
    expect(refusedByStatus(status, messages)).toBeUndefined();
  });

  it('leaves a status without a message to the adapter', () => {
    expect(refusedByStatus(404, { unauthorized: 'a' })).toBeUndefined();
  });
});

describe('verdictOnError', () => {
  const words = { providerMessage: 'No.', providerCode: 'nope' };

  it.each([
    [400, 'rejected'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'rejected'],
    [422, 'rejected'],
    [429, 'rate_limited'],
  ])('refuses by the status %i', (status, code) => {
    expect(verdictOnError(status, words)).toMatchObject({ ...words, verdict: 'refused', code });
  });

  it.each([500, 503, 599])('leaves %i open', (status) => {
    expect(verdictOnError(status, words)).toMatchObject({ ...words, verdict: 'unclear', reason: 'server_error' });
  });

  it.each([
    [400, 'unauthorized'],
    [404, 'unauthorized'],
    [403, 'forbidden'],
  ])('sees refused credentials under %i as %s', (status, code) => {
    expect(verdictOnError(status, { providerMessage: 'Invalid token.' })).toMatchObject({ code });
  });

  it('says what the provider said, or what the adapter says in its place', () => {
    expect(verdictOnError(409, words).message).toBe('the request was refused: No.');
    expect(verdictOnError(403, words, { forbidden: 'read only.' }).message).toBe('read only.');
    expect(verdictOnError(401, words, { forbidden: 'read only.' }).message).toMatch(/credentials/);
  });
});

describe('defined', () => {
  it('keeps what has a value, and leaves the rest out', () => {
    expect(Object.keys(defined({ a: undefined, b: null, c: 0, d: '', e: false }))).toEqual(['b', 'c', 'd', 'e']);
  });
});

describe('a verdict that says that the service is absent', () => {
  const words = { providerCode: 'C1', providerMessage: 'Not here' };

  it('comes from a 404 alone', () => {
    expect(absentOrError(404, words)).toEqual({ verdict: 'absent', ...words });
    for (const status of [400, 401, 403, 410, 429, 500]) {
      expect(absentOrError(status, words, { forbidden: 'no' })).toEqual(
        verdictOnError(status, words, { forbidden: 'no' }),
      );
    }
  });

  it('is not understood in a list, and is a refusal to an undo; every other verdict stays', () => {
    const absent = absentOrError(404, words);
    expect(notAbsent(absent)).toEqual({ verdict: 'unrecognized' });
    expect(absentIsRefused(absent, 'gone')).toEqual({ ...words, ...refused('not_found', 'gone') });
    const other = absentOrError(409, words);
    expect([notAbsent(other), absentIsRefused(other, 'gone')]).toEqual([other, other]);
  });
});

describe('a refusal before anything was sent', () => {
  it('names the field and what is expected of it', () => {
    expect(refusedField('extras.a', 'true or false', { problem: 'missing' })).toEqual({
      ...refused('invalid_request', 'extras.a: expected true or false. Nothing was sent.'),
      issues: [{ path: 'extras.a', expected: 'true or false', problem: 'missing' }],
    });
    expect(refusedField('a', 'b', { message: 'c' })).toEqual({
      ...refused('invalid_request', 'c'),
      issues: [{ path: 'a', expected: 'b' }],
    });
  });

  it('of a date says which one is the first', () => {
    const earliest = { value: '2026-12-31', precision: 'date', source: 'provider' } as const;
    expect(effectiveAt('2026-12-31')).toEqual(earliest);
    expect(tooEarly(earliest, 'later')).toEqual({ ...refused('date_too_early', 'later'), earliest });
  });

  it('of a second cancellation says whether the words can mean something else', () => {
    expect(duplicate('there')).toEqual({ verdict: 'duplicate', ambiguous: false, message: 'there' });
    expect(duplicate('there', true)).toEqual({ verdict: 'duplicate', ambiguous: true, message: 'there' });
  });
});

describe('a response to a token request of OAuth 2.0', () => {
  const answer = (status: number, value?: unknown): ProviderResponse => ({
    status,
    headers: {},
    body: value === undefined ? { kind: 'empty' } : { kind: 'json', value },
  });
  const verdictOn = (status: number, value?: unknown): unknown => oauthVerdict(answer(status, value), 'check both.');

  it('grants a token, with its lifetime if the response has one', () => {
    const body = { access_token: 'abc', token_type: 'Bearer', expires_in: 300 };
    expect(verdictOn(200, body)).toEqual({ verdict: 'granted', token: 'abc', expiresInS: 300 });
    expect(verdictOn(200, { access_token: 'abc', expires_in: '300' })).toEqual({ verdict: 'granted', token: 'abc' });
  });

  it.each(['invalid_client', 'invalid_grant', 'unauthorized_client'])('refuses the credentials with %s', (error) => {
    for (const status of [400, 401, 403]) {
      const words = { providerCode: error, providerMessage: 'No' };
      expect(verdictOn(status, { error, error_description: 'No' })).toEqual({
        ...refused('unauthorized', 'check both.'),
        ...words,
      });
    }
    expect(verdictOn(503, { error })).toMatchObject({ verdict: 'unclear' });
  });

  it('refuses with any other error as its status says', () => {
    expect(verdictOn(429, { error: 'slow_down' })).toMatchObject({ verdict: 'refused', code: 'rate_limited' });
    expect(verdictOn(400, { error: 'invalid_scope' })).toMatchObject({ verdict: 'refused', code: 'rejected' });
  });

  it.each<[number, unknown]>([
    [200, { access_token: '' }],
    [200, { access_token: 7 }],
    [200, { error: 'invalid_client' }],
    [201, { access_token: 'abc' }],
    [404, { error: 'Realm does not exist' }],
    [401, undefined],
    [401, null],
    [401, 'invalid_client'],
    [401, ['invalid_client']],
    [401, { message: 'invalid_client' }],
  ])('is not understood in any other form: %i %j', (status, value) => {
    expect(verdictOn(status, value)).toEqual({ verdict: 'unrecognized' });
  });
});

describe('the access of OAuth 2.0', () => {
  const access = oauthAccess(
    ({ id }: { readonly id: string }) => ({
      method: 'POST',
      effect: 'read',
      authenticated: false,
      path: ['token'],
      form: { grant_type: 'client_credentials', client_id: id },
    }),
    'check both.',
  );
  const moment = { now: 0, nonce: '00000000-0000-4000-8000-000000000000' };

  it('obtains a token by the request of the adapter, and puts it before every other request', () => {
    const login = access.obtain?.({ id: 'a' }, moment);
    expect(login?.next().value).toMatchObject({ path: ['token'], form: { client_id: 'a' } });
    const granted: ProviderResponse = {
      status: 200,
      headers: {},
      body: { kind: 'json', value: { access_token: 'abc', expires_in: 60 } },
    };
    expect(login?.next(granted)).toEqual({
      done: true,
      value: { verdict: 'granted', token: 'abc', expiresInS: 60 },
    });
    const request = { method: 'GET', url: 'https://api.example.com/x', body: '' } as const;
    expect(access.headers(request, { id: 'a' }, { ...moment, token: 'abc' })).toEqual({ authorization: 'Bearer abc' });
  });

  it('refuses with the message of the adapter', () => {
    const login = access.obtain?.({ id: 'a' }, moment);
    login?.next();
    const refusal: ProviderResponse = {
      status: 401,
      headers: {},
      body: { kind: 'json', value: { error: 'invalid_client' } },
    };
    expect(login?.next(refusal).value).toMatchObject({ code: 'unauthorized', message: 'check both.' });
  });
});

describe('what may be asked of a service', () => {
  const none: CancellationStatus = { state: 'none', revocable: false, raw: { a: 1 } };

  it('stands beside what the provider said of the service', () => {
    expect(offered({ status: none }, [{ timing: 'earliest' }])).toEqual({
      verdict: 'offered',
      options: { timings: [{ timing: 'earliest' }], raw: { a: 1 } },
    });
    const demands = { reasons: [{ code: 'a', label: 'A' }], requiredExtras: undefined };
    expect(offered({ status: none }, [], demands).options).toEqual({
      timings: [],
      reasons: demands.reasons,
      raw: { a: 1 },
    });
  });

  it.each(['requested', 'scheduled', 'completed', 'failed', 'unknown'] as const)(
    'has the existing cancellation if the service may have one: %s',
    (state) => {
      const status = { ...none, state };
      expect(offered({ status }, []).options.existing).toEqual(status);
    },
  );
});

describe('the operations that read a service', () => {
  const status: CancellationStatus = { state: 'none', revocable: false, raw: null };
  const request = { method: 'GET', effect: 'read', path: ['x'] } as const;
  const response: ProviderResponse = { status: 200, headers: {}, body: { kind: 'empty' } };
  interface Read {
    readonly status: CancellationStatus;
    readonly days: number;
  }
  function* read(isThere: boolean): Exchange<Read | AbsentVerdict> {
    yield request;
    return isThere ? { status, days: 7 } : { verdict: 'absent' };
  }
  const operations = reading(read, ({ status: { raw }, days }: Read) => ({
    verdict: 'offered',
    options: { timings: [], raw: [raw, days] },
  }));

  it.each([
    [true, { verdict: 'found', status }, { verdict: 'offered', options: { timings: [], raw: [null, 7] } }],
    [false, { verdict: 'absent' }, { verdict: 'absent' }],
  ])('make their verdicts of one reading (there: %s)', (isThere, found, offered) => {
    const [reads, asks] = [operations.status(isThere, undefined), operations.options(isThere, undefined)];
    for (const exchange of [reads, asks]) expect(exchange.next(response)).toEqual({ done: false, value: request });
    expect([reads.next(response).value, asks.next(response).value]).toEqual([found, offered]);
  });
});

describe('a date that the provider states', () => {
  const date = { value: '2026-12-31', precision: 'date', source: 'provider' } as const;
  const warning = { code: 'side_effect', message: 'The backups end with it.' } as const;

  it.each([
    ['is scheduled', date, { state: 'scheduled', effectiveAt: date }],
    ['is requested without one', undefined, { state: 'requested' }],
  ])('decides what a cancellation is: it %s', (_name, at, expected) => {
    expect(stateUntil(at)).toStrictEqual(expected);
    const { state: outcome, ...dated } = expected;
    expect(accepted(at)).toStrictEqual({ verdict: 'accepted', outcome, ...dated, warnings: [] });
    expect(accepted(at, [warning])).toStrictEqual({ verdict: 'accepted', outcome, ...dated, warnings: [warning] });
  });
});

describe('unclear', () => {
  it('is a verdict with a reason and a message, and with the provider’s words if there are any', () => {
    const verdict = { verdict: 'unclear', reason: 'provider_error', message: 'Look into the panel.' };
    expect(unclear('provider_error', 'Look into the panel.')).toStrictEqual(verdict);
    const words = { providerCode: 'E7', providerMessage: 'Hm.' };
    expect(unclear('provider_error', 'Look into the panel.', words)).toStrictEqual({ ...verdict, ...words });
  });
});

describe('checkedBy', () => {
  const request = { method: 'GET', effect: 'read', path: ['servers'] } as const;
  const answer = (status: number, value: object): ProviderResponse => ({
    status,
    headers: {},
    body: { kind: 'json', value },
  });
  const check = (response: ProviderResponse): unknown => {
    const run = checkedBy(
      request,
      (one) => (one.status === 200 ? readBody(one, schema) : undefined),
      ({ status }) => (status === 404 ? { verdict: 'absent' } : refused('unauthorized', 'Check the token.')),
    )();
    expect(run.next()).toEqual({ done: false, value: request });
    return run.next(response).value;
  };

  it('accepts the credentials if the answer can be read', () => {
    expect(check(answer(200, { id: 7 }))).toEqual({ verdict: 'accepted' });
  });

  it('gives the verdict on any other answer, and understands none that says that something is missing', () => {
    expect(check(answer(401, {}))).toEqual(refused('unauthorized', 'Check the token.'));
    expect(check(answer(404, {}))).toEqual({ verdict: 'unrecognized' });
  });
});
