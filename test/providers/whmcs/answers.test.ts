import { createCancelService, type Accounts, type CancellationStatus, type CancelResult, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { whmcs } from 'cancelkit/whmcs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { answering, page, withFields } from '../answering.ts';
import { always, once, asRandom, fieldsOf, parsed, randomAnswers, DOWN, PAGE, RUNS } from '../random-answers.ts';
import {
  credentials,
  errors,
  failed,
  oneProduct,
  onlyPage,
  packages,
  product,
  products,
  request,
  servicePassword,
  success,
} from './fixtures.ts';

const account = whmcs({ url: 'https://billing.example.net', ...credentials });
const service = { serviceId: 77 };

function cancel(replies: readonly ConformanceAnswer[], when: When = 'end_of_period'): Promise<CancelResult> {
  const { fetch } = answering(...replies);
  return createCancelService({ whmcs: account }, { fetch }).cancel({ account: 'whmcs', service, when });
}

function status(...replies: readonly ConformanceAnswer[]): Promise<CancellationStatus> {
  const { fetch } = answering(...replies);
  return createCancelService({ whmcs: account }, { fetch }).status({ account: 'whmcs', service });
}

describe('a success of WHMCS', () => {
  it('is a request and no more: no date, no reference, nothing completed', async () => {
    const result = await cancel([success]);
    expect(result).toMatchObject({ outcome: 'requested', warnings: [], reconciled: false, attempts: 1 });
    expect(result).not.toHaveProperty('effectiveAt');
    expect(result).not.toHaveProperty('providerReference');
    expect(result.raw).toEqual({ status: 200, body: success.body });
  });

  it('warns that an immediate cancellation waits for a cron run that its owner has to have automated', async () => {
    const { warnings } = await cancel([success], 'immediate');
    expect(warnings).toEqual([
      { code: 'immediate_deferred', message: expect.stringMatching(/next cron run, and only if its owner automated/) },
    ]);
  });

  it('says in a warning that something came before it', async () => {
    const body = `<br />\n<b>Notice</b>: Undefined index: x in /srv/init.php on line 7<br />\n${JSON.stringify(success.body)}`;
    const result = await cancel([{ status: 200, body }]);
    expect(result).toMatchObject({ outcome: 'requested', attempts: 1, raw: { body: success.body } });
    expect(result.warnings).toEqual([
      { code: 'text_before_answer', message: expect.stringMatching(/\d+ characters of other text before its JSON/) },
    ]);
    expect(JSON.stringify(result)).not.toContain('Undefined index');
  });

  it.each([
    ['has its ids as texts', withFields(success, { serviceid: '77', userid: '12' })],
    ['names no service', { status: 200, body: { result: 'success' } }],
    ['has an empty id', withFields(success, { serviceid: null })],
    ['says SUCCESS', withFields(success, { result: 'SUCCESS' })],
    ['comes with 201', { ...success, status: 201 }],
    ['has white space before it', { status: 200, body: `\r\n\t${JSON.stringify(success.body)}\n` }],
    ['carries a message', withFields(success, { message: 'Existing Cancellation Request Exists' })],
  ] as const)('is recognized if it %s', async (_name, answer) => {
    expect(await cancel([answer])).toMatchObject({ outcome: 'requested' });
  });

  it.each([
    ['is for another service', withFields(success, { serviceid: 78 }), 'unreadable_answer', /another service/],
    ['comes with 500', { ...success, status: 500 }, 'server_error', /said yes and failed with 500/],
    ['has no result', { status: 200, body: { serviceid: 77, userid: 12 } }, 'unreadable_answer', /not in the form/],
    ['has another result', withFields(success, { result: 'ok' }), 'unreadable_answer', /not in the form/],
    ['is a login page', page(200), 'unreadable_answer', /login, maintenance or firewall page/],
    ['is a firewall’s page', page(403), 'unreadable_answer', /firewall can block the request, or only the response/],
    ['is a maintenance page', page(503), 'server_error', /503/],
    ['is empty', { status: 200 }, 'unreadable_answer', /empty body/],
    ['is cut off', { status: 200, body: '{"result":"success","servi' }, 'unreadable_answer', /not JSON/],
    [
      'is XML',
      { status: 200, body: '<?xml version="1.0"?><whmcsapi><result>success</result></whmcsapi>' },
      'unreadable_answer',
      /not JSON/,
    ],
    [
      'is followed by a PHP warning',
      { status: 200, body: `${JSON.stringify(success.body)}<br />\n<b>Warning</b>: ini_set()` },
      'unreadable_answer',
      /not JSON/,
    ],
    [
      'is preceded by another response',
      { status: 200, body: `{"result":"error"}\n${JSON.stringify(success.body)}` },
      'unreadable_answer',
      /not JSON/,
    ],
    ['is a list', { status: 200, body: [success.body ?? null] }, 'unreadable_answer', /not in the form/],
    ['is a text', { status: 200, body: '"success"' }, 'unreadable_answer', /not in the form/],
  ] as const)('is not believed if it %s', async (_name, answer, reason, message) => {
    const failure = await failureOf(cancel([answer]));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, providerStatus: answer.status, retryable: false });
    expect(failure.message).toMatch(message);
  });
});

describe('an error of WHMCS', () => {
  it.each([
    ['which id to check', errors.serviceNotFound, 'not_found', /no service has that id. Check the serviceId/],
    ['that three failures ban', errors.authenticationFailed, 'unauthorized', /bans an address after three failures/],
    ['that credentials are missing', errors.missingCredentials, 'unauthorized', /credentials are wrong/],
    [
      'which IPv4 address to allow',
      errors.invalidIpv4,
      'forbidden',
      /address 203\.0\.113\.7 is not on the API allowlist/,
    ],
    ['which IPv6 address to allow', errors.invalidIpv6, 'forbidden', /address 2001:db8::7:1 is not on the API allow/],
    ['where to allow it', errors.invalidIpv4, 'forbidden', /Add it under Security in the WHMCS general settings/],
    ['which permission is missing', errors.invalidPermissions, 'forbidden', /lacks the action addcancelrequest/],
    ['that access is denied', errors.accessDenied, 'forbidden', /access was denied/],
    ['that the account is disabled', errors.accountDisabled, 'forbidden', /administrator account .* is disabled/],
    ['that the address is banned', errors.banned, 'forbidden', /has banned the address of this machine/],
    ['that the action is unknown', errors.invalidAction, 'unexpected_response', /does not know the API action.*update/],
  ] as const)('says %s', async (_name, answer, code, message) => {
    const failure = await failureOf(cancel([answer]));
    expect(failure).toMatchObject({ code, providerStatus: answer.status, attempts: 1 });
    expect(failure.message).toMatch(message);
    expect(failure.providerMessage).toBe(fieldsOf(answer.body)['message']);
  });

  it.each([
    ['in lower case', 'service id not found', 'not_found'],
    ['in capitals', 'AUTHENTICATION FAILED', 'unauthorized'],
    ['with a full stop', 'Authentication Failed.', 'unauthorized'],
    ['with white space', ' Invalid IP: 203.0.113.7 ', 'forbidden'],
    ['with an IPv4 address in IPv6', 'Invalid IP ::ffff:203.0.113.7', 'forbidden'],
    ['for a read-back', 'Invalid Permissions: API action "getclientsproducts" is not allowed', 'forbidden'],
    ['with Forbidden for Invalid', 'Forbidden IP 203.0.113.9', 'forbidden'],
    ['with Forbidden and IPv6 in brackets', 'FORBIDDEN IP: [2001:db8::9]...', 'forbidden'],
    ['with a sentence about the address', 'Your IP address 203.0.113.9 is not allowed.', 'forbidden'],
    ['with a sentence before it', 'Access Denied: Invalid IP 203.0.113.9', 'forbidden'],
    ['escaped for HTML', 'Invalid Permissions: API action &quot;addcancelrequest&quot; is not allowed', 'forbidden'],
    ['between tags', '<strong>Invalid IP</strong> 203.0.113.9<br />', 'forbidden'],
    ['of wrong credentials in other words', 'Invalid credentials!', 'unauthorized'],
    ['as EDIS words it', 'Invalid WHMCS credentials provided.', 'unauthorized'],
    ['of a banned address with its name', 'Banned IP 203.0.113.9', 'forbidden'],
  ] as const)('is recognized %s', async (_name, message, code) => {
    for (const code_ of [200, 403, 500])
      expect(await failureOf(cancel([failed(message, code_)]))).toMatchObject({ code });
  });

  const xml = (fields: string): string =>
    `<?xml version="1.0" encoding="utf-8"?>\n<whmcsapi version="8.8">\n<action>addcancelrequest</action>\n${fields}</whmcsapi>`;

  it.each([
    ['the older pairs', 'result=error;message=Invalid IP 203.0.113.9', 'forbidden', /203\.0\.113\.9 is not on the API/],
    ['pairs with an end', 'RESULT=error;message=Forbidden IP 2001:db8::9.;', 'forbidden', /2001:db8::9 is not on/],
    [
      'pairs escaped for HTML',
      'action=addcancelrequest;result=error;message=Invalid Permissions: API action &quot;addcancelrequest&quot; is not allowed;',
      'forbidden',
      /lacks the action addcancelrequest/,
    ],
    [
      'pairs that end with an escaped quote',
      'result=error;message=Invalid Permissions: API action &quot;addcancelrequest&quot; is not allowed',
      'forbidden',
      /lacks the action/,
    ],
    ['pairs about credentials', 'result=error;message=Authentication Failed;', 'unauthorized', /passwordHash/],
    ['XML', xml('<result>error</result>\n<message>Invalid IP 203.0.113.9</message>\n'), 'forbidden', /API allowlist/],
    [
      'XML with CDATA',
      xml('<result>error</result><message><![CDATA[Authentication Failed]]></message>'),
      'unauthorized',
      /credentials are wrong/,
    ],
  ] as const)('is recognized in %s, and nothing more is asked after it', async (_name, body, code, message) => {
    for (const status_ of [200, 403]) {
      const failure = await failureOf(cancel([{ status: status_, body }]));
      expect(failure).toMatchObject({ code, providerStatus: status_, attempts: 1 });
      expect(failure.message).toMatch(message);
    }
  });

  it.each([
    ['a success in pairs', 'result=success;serviceid=77;userid=12;'],
    ['a success in XML', xml('<result>success</result><serviceid>77</serviceid>')],
    [
      'XML with two results',
      xml('<result>error</result><result>success</result><message>Invalid IP 1.2.3.4</message>'),
    ],
    ['pairs in the middle of a page', '<p>result=error;message=Invalid IP 203.0.113.9</p>'],
    ['pairs before a success', 'result=error;message=Invalid IP 203.0.113.9\n{"result":"success","serviceid":77}'],
    ['XML before a success', `${xml('<result>error</result>')}\n{"result":"success","serviceid":77}`],
  ])('is not found in %s', async (_name, body) => {
    expect(await failureOf(cancel([{ status: 200, body }]))).toMatchObject({ code: 'outcome_unknown' });
  });

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
  ] as const)('in any words under %d is one of access, and nothing more is asked after it', async (status_, code) => {
    const failure = await failureOf(cancel([failed('Some wording of a later version', status_)]));
    expect(failure).toMatchObject({ code, attempts: 1, providerMessage: 'Some wording of a later version' });
  });

  it('says how a password is sent if the credentials are wrong', async () => {
    const failure = await failureOf(cancel([errors.authenticationFailed]));
    expect(failure.message).toMatch(
      /`password` is the password itself.*MD5 hash.*stored hash belongs in `passwordHash`/,
    );
  });

  it('is read out of its escapes for HTML', async () => {
    const failure = await failureOf(cancel([failed('Tom &amp; Ann&#039;s &lt;shop&gt; &amp;amp; is locked', 403)]));
    expect(failure.providerMessage).toBe("Tom & Ann's &amp; is locked");
  });

  it('shows no secret, escaped or not', async () => {
    const escaped = credentials.secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const twice = escaped.replaceAll('&', '&amp;');
    for (const secret of [credentials.secret, escaped, twice]) {
      const failure = await failureOf(cancel([failed(`Refused: ${secret} is wrong`, 403)]));
      expect(failure.providerMessage).toBe('Refused: [REDACTED] is wrong');
      expect(failure.message).not.toContain('s3cret');
      const found = await status(oneProduct(), onlyPage(request({ reason: `Wrong: ${secret}` })));
      expect(found.reason).toBe('Wrong: [REDACTED]');
      expect(JSON.stringify(found.raw)).not.toContain('s3cret');
    }
  });

  it.each([
    'Authentication Failed at the payment gateway',
    'Gateway: Access Denied',
    'Invalid IP',
    'Invalid IP <script>',
    'Service ID Not Found in the registrar module',
    'The Existing Cancellation Request Exists check failed',
    'Subscription could not be cancelled',
    '',
  ])('of the wording %j leaves the outcome open', async (message) => {
    const failure = await failureOf(cancel([failed(message)]));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'provider_error', providerStatus: 200 });
    expect(failure.message).toMatch(/can also come after the request was stored/);
  });

  it.each([
    ['has no message', { status: 200, body: { result: 'error' } }, 'provider_error'],
    [
      'has a message of another type',
      { status: 200, body: { result: 'error', message: ['Service ID Not Found'] } },
      'provider_error',
    ],
    ['comes with 500', failed('Something', 500), 'server_error'],
  ] as const)('leaves the outcome open if it %s', async (_name, answer, reason) => {
    expect(await failureOf(cancel([answer]))).toMatchObject({ code: 'outcome_unknown', reason });
  });

  it.each([401, 404, 405])('is not read into a page with %d', async (code) => {
    expect(await failureOf(cancel([page(code)]))).toMatchObject({ code: 'unexpected_response', providerStatus: code });
  });
});

describe('an existing request at WHMCS', () => {
  const existing = errors.existing;

  it.each([
    ['the same timing', [oneProduct(), onlyPage(request())], 'scheduled', []],
    ['an unknown timing', [oneProduct(), onlyPage(request({ type: 'Someday' }))], 'requested', ['timing_unknown']],
    ['a service that is over', [oneProduct({ status: 'Terminated' }), onlyPage()], 'completed', []],
    [
      'an end that another timing brought',
      [oneProduct({ status: 'Cancelled' }), onlyPage(request({ type: 'Immediate' }))],
      'completed',
      [],
    ],
  ] as const)('is already cancelled with %s', async (_name, replies, state, warnings) => {
    const result = await cancel([existing, ...replies]);
    expect(result).toMatchObject({ outcome: 'already_cancelled', existing: { state }, attempts: 3 });
    expect(result.warnings.map(({ code }) => code)).toEqual(warnings);
  });

  it.each([
    ['end_of_period', 'Immediate', 'immediate'],
    ['immediate', 'End of Billing Period', 'end_of_period'],
  ] as const)('conflicts with %s if it is %s', async (when, type, found) => {
    const failure = await failureOf(cancel([existing, oneProduct(), onlyPage(request({ type }))], when));
    expect(failure).toMatchObject({ code: 'timing_conflict', existing: { when: found } });
    expect(failure.message).toContain(`with the timing ${found} instead of ${when}`);
  });

  it.each([
    ['the service', [failed('Invalid Permissions: API action "getclientsproducts" is not allowed', 403)]],
    ['the requests', [oneProduct(), failed('Access Denied', 403)]],
    ['anything but a page', [page(200)]],
  ] as const)('is already cancelled, with a warning, if the credentials cannot read %s', async (_name, replies) => {
    const result = await cancel([existing, ...replies]);
    expect(result).toMatchObject({ outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] });
    expect(result).not.toHaveProperty('existing');
  });

  it('is recognized whatever its case', async () => {
    const replies = [failed('EXISTING cancellation request exists.'), oneProduct(), onlyPage(request())];
    expect(await cancel(replies)).toMatchObject({ outcome: 'already_cancelled' });
  });
});

describe('a read-back at WHMCS', () => {
  it.each([
    ['an array in an object', { product: [product()] }],
    ['a single object', { product: product() }],
    ['an object with numeric keys', { product: { 0: product({ id: 76 }), 1: product() } }],
    ['an array', [product()]],
    ['an object with numeric keys and no name', { 0: product() }],
    ['a text for an id', { product: [product({ id: '77' })] }],
  ] as const)('finds the service in %s', async (_name, list) => {
    expect(await status(products(list), onlyPage())).toMatchObject({ state: 'none' });
  });

  it.each([
    ['an empty text', ''],
    ['an empty array', []],
    ['an empty object', {}],
    ['nothing', undefined],
    ['null', null],
    ['an empty array in an object', { product: [] }],
    ['an empty text in an object', { product: '' }],
    ['an empty object in an object', { product: {} }],
  ] as const)('takes %s for a list without the service', async (_name, list) => {
    for (const counts of countsFor(list)) {
      const failure = await failureOf(status(products(list, counts)));
      expect(failure).toMatchObject({ code: 'not_found', providerStatus: 200 });
      expect(failure.message).toMatch(/Check the serviceId/);
    }
  });

  it.each([
    ['an empty list of one', products('', { totalresults: 1 })],
    ['other services alone', products({ product: [product({ id: 78 })] })],
    ['a list of no known form', products(7)],
    ['neither a list nor a count', { status: 200, body: { result: 'success' } }],
    ['a service without a status', products({ product: [product({ status: undefined })] })],
    ['a page', page(200)],
    ['a page with 404', page(404)],
    ['an empty body', { status: 200 }],
    ['an error of unknown wording', failed('Something')],
  ] as const)('takes %s for no response', async (_name, answer) => {
    expect(await failureOf(status(answer))).toMatchObject({ code: 'unexpected_response' });
  });

  it.each([
    ['an empty text', ''],
    ['an empty array', []],
    ['an empty object', {}],
    ['nothing', undefined],
    ['null', null],
    ['an empty array in an object', { package: [] }],
    ['an empty text in an object', { package: '' }],
  ] as const)('takes %s for an end of the requests', async (_name, list) => {
    for (const counts of countsFor(list)) {
      expect(await status(oneProduct(), packages(list, counts))).toMatchObject({ state: 'none', revocable: false });
    }
  });

  it.each([
    ['an array in an object', { package: [request({ relid: 1 }), request()] }],
    ['a single object', { package: request() }],
    ['an object with numeric keys', { package: { 0: request({ relid: 1 }), 1: request() } }],
    ['a text for an id', { package: [request({ relid: '77' })] }],
  ] as const)('finds the request in %s', async (_name, list) => {
    const found = await status(oneProduct(), packages(list));
    expect(found).toMatchObject({ state: 'scheduled', when: 'end_of_period', reason: 'Project ended' });
  });

  it('reads page after page, counting what came, and stops at the request', async () => {
    const many = (count: number, first: number): JsonEntries =>
      Array.from({ length: count }, (_, index) => request({ id: first + index, relid: 1000 + first + index }));
    const { fetch, requests } = answering(
      oneProduct(),
      packages({ package: many(250, 0) }, { totalresults: 400 }),
      packages({ package: many(100, 250) }, { totalresults: 400 }),
      packages({ package: [...many(49, 350), request({ type: 'Immediate' })] }, { totalresults: 400 }),
    );
    const api = createCancelService({ whmcs: account }, { fetch });
    expect(await api.status({ account: 'whmcs', service })).toMatchObject({ state: 'requested', when: 'immediate' });
    expect(requests.map(({ body }) => new URLSearchParams(body).get('limitstart'))).toEqual([null, '0', '250', '350']);
  });

  it.each([
    ['at the count, as a number', [packages({ package: [request({ relid: 1 })] }, { totalresults: 1 })]],
    ['at the count, as a text', [packages({ package: [request({ relid: 1 })] }, { totalresults: '1' })]],
    ['at an empty page', [packages({ package: [request({ relid: 1 })] }), packages('')]],
    [
      'at an empty page where the count says nothing',
      [packages({ package: [request({ relid: 1 })] }, { totalresults: '' }), packages('', { totalresults: null })],
    ],
  ] as const)('ends the search %s', async (_name, pages) => {
    expect(await status(oneProduct(), ...pages)).toMatchObject({ state: 'none' });
  });

  it.each([
    ['a page is empty before the count is reached', [packages('', { totalresults: 3 })]],
    ['the pages never end', Array.from({ length: 40 }, () => packages({ package: [request({ relid: 1 })] }))],
  ] as const)('does not take a service for not cancelled if %s', async (_name, pages) => {
    expect(await status(oneProduct(), ...pages)).toMatchObject({ state: 'unknown' });
  });

  it('knows that a service is over even if the requests never end', async () => {
    const pages = Array.from({ length: 40 }, () => packages({ package: [request({ relid: 1 })] }));
    expect(await status(oneProduct({ status: 'Cancelled' }), ...pages)).toMatchObject({ state: 'completed' });
  });

  it.each([
    ['an entry without a service', packages({ package: [{ id: 5 }] }), 'unexpected_response'],
    ['a list of no known form', packages(7), 'unexpected_response'],
    ['neither a list nor a count', success, 'unexpected_response'],
    ['a page', page(200), 'unexpected_response'],
    ['a failing server', page(500), 'unavailable'],
    ['a missing permission', errors.invalidPermissions, 'forbidden'],
    ['wrong credentials', errors.authenticationFailed, 'unauthorized'],
  ] as const)('says so if the requests come as %s', async (_name, answer, code) => {
    expect(await failureOf(status(oneProduct(), answer))).toMatchObject({ code });
  });

  it.each(['Pending', 'Active', 'Suspended', 'Fraud', 'Completed'])(
    'takes a service that is %s for one that goes on',
    async (value) => {
      expect(await status(oneProduct({ status: value }), onlyPage())).toMatchObject({ state: 'none' });
      expect(await status(oneProduct({ status: value }), onlyPage(request()))).toMatchObject({ state: 'scheduled' });
    },
  );

  it.each(['Terminated', 'Cancelled', 'cancelled'])(
    'takes a service that is %s for over, without a date',
    async (value) => {
      const found = await status(oneProduct({ status: value }), onlyPage(request()));
      expect(found).toMatchObject({ state: 'completed', when: 'end_of_period' });
      expect(found).not.toHaveProperty('effectiveAt');
    },
  );

  it.each(['0000-00-00', '', undefined, null, '2026-02-30', '30/03/2026', 1774828800])(
    'claims no date where the next due date is %j',
    async (nextduedate) => {
      const found = await status(oneProduct({ nextduedate }), onlyPage(request()));
      expect(found).toMatchObject({ state: 'requested', when: 'end_of_period' });
      expect(found).not.toHaveProperty('effectiveAt');
    },
  );

  it.each([
    ['2026-03-10 09:15:00', '2026-03-10'],
    ['2026-03-10', '2026-03-10'],
    ['0000-00-00 00:00:00', undefined],
    ['10/03/2026', undefined],
  ])('reads the day of a request from %s', async (date, requestedAt) => {
    const found = await status(oneProduct(), onlyPage(request({ date })));
    expect(found.requestedAt).toBe(requestedAt);
  });

  it.each([
    ['an empty reason', { reason: '' }, 'reason'],
    ['no reason', { reason: undefined }, 'reason'],
    ['an unknown type', { type: 'Someday' }, 'when'],
    ['no type', { type: undefined }, 'when'],
  ])('leaves out what a request with %s does not say', async (_name, fields, missing) => {
    const found = await status(oneProduct(), onlyPage(request(fields)));
    expect(found).not.toHaveProperty(missing);
  });

  it('never shows the password of the service, nor anything else that it does not need', async () => {
    const found = await status(oneProduct(), onlyPage(request()));
    expect(JSON.stringify(found)).not.toContain(servicePassword);
    expect(found.raw).toEqual({
      service: { id: '77', status: 'Active', nextduedate: '2026-03-30' },
      request: {
        id: '5',
        relid: '77',
        date: '2026-03-10 09:15:00',
        type: 'End of Billing Period',
        reason: 'Project ended',
      },
    });
    const conflict = await failureOf(cancel([errors.existing, oneProduct(), onlyPage(request())], 'immediate'));
    expect(JSON.stringify(conflict)).not.toContain(servicePassword);
    const already = await cancel([errors.existing, oneProduct(), onlyPage(request())]);
    expect(JSON.stringify(already)).not.toContain(servicePassword);
  });
});

describe('any response at WHMCS', () => {
  const untyped: Accounts = { whmcs: account };
  const words = [
    'result',
    'success',
    'error',
    'message',
    'serviceid',
    'products',
    'packages',
    'totalresults',
    'Access Denied',
    'Authentication Failed',
  ];
  const shows = [oneProduct(), onlyPage(), onlyPage(request())];
  const documented = [success, ...Object.values(errors), ...shows];
  const random = randomAnswers({ documented, words });

  it('is a success only with the documented marker, and never an error of another kind', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const api = createCancelService({ whmcs: account }, { fetch: once(answer) });
        const outcome = await api.safeCancel({ account: 'whmcs', service, when: 'immediate' });
        const fields = fieldsOf(parsed(answer.body));
        const result = worded(fields['result']);
        const message = worded(fields['message']);
        if (outcome.ok) {
          seen.add(outcome.result.outcome);
          if (outcome.result.outcome === 'requested') expect([result, answer.status < 500]).toEqual(['success', true]);
          else expect([result, message]).toEqual(['error', 'existing cancellation request exists']);
          return;
        }
        const { code } = outcome.error;
        seen.add(code);
        if (['unauthorized', 'not_found', 'forbidden'].includes(code)) expect(result).toBe('error');
        // A 401 with an error is a refusal whatever its words.
        if (code === 'unauthorized' && answer.status !== 401)
          expect(message).toMatch(/^(authentication failed|invalid or missing credentials)$/);
        if (result !== 'error' && (answer.status < 300 || answer.status >= 500)) expect(code).toBe('outcome_unknown');
      }),
      { numRuns: RUNS, examples: [...documented, DOWN, PAGE].map((answer) => [asRandom(answer)]) },
    );
    const expected = ['requested', 'already_cancelled', 'unauthorized', 'forbidden', 'not_found', 'outcome_unknown'];
    expect([...seen]).toEqual(expect.arrayContaining(expected));
  });

  it('is “not cancelled” only if the requests were read to their end', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(random, fc.constant(asRandom(oneProduct()))),
        fc.oneof(random, fc.constant(asRandom(onlyPage()))),
        async (first, second) => {
          let count = 0;
          const fetch: typeof globalThis.fetch = (...input) => always(count++ === 0 ? first : second)(...input);
          const api = createCancelService({ whmcs: account }, { fetch });
          const found = await api
            .status({ account: 'whmcs', service })
            .catch((error: unknown) => failureOf(Promise.reject(error)));
          if (found instanceof Error) {
            seen.add(found.code);
            expect(found.code).not.toBe('outcome_unknown');
            return;
          }
          seen.add(found.state);
          expect(JSON.stringify(found)).not.toContain(servicePassword);
          if (found.state !== 'none') return;
          expect(count).toBeGreaterThan(1);
          const { result, packages: list, totalresults } = fieldsOf(parsed(second.body));
          expect(String(result).toLowerCase()).toBe('success');
          expect([list, totalresults].some((value) => value !== undefined)).toBe(true);
          expect(JSON.stringify(list) ?? '').not.toMatch(/"relid":"?77"?[,}]/);
        },
      ),
      {
        numRuns: RUNS,
        examples: [onlyPage(), onlyPage(request()), DOWN, PAGE].map((answer) => [
          asRandom(oneProduct()),
          asRandom(answer),
        ]),
      },
    );
    expect([...seen]).toEqual(expect.arrayContaining(['none', 'scheduled', 'unexpected_response', 'unavailable']));
  });

  it('is asked for exactly the service that was named, or nothing is sent', async () => {
    const id = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.nat().map(String), fc.integer(), fc.double());
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(id, async (serviceId) => {
        const { fetch, requests } = answering({ status: 200, body: { result: 'success' } });
        const api = createCancelService(untyped, { fetch });
        const outcome = await api.safeCancel({ account: 'whmcs', service: { serviceId }, when: 'immediate' });
        if (!outcome.ok) {
          expect([outcome.error.code, requests.length]).toEqual(['invalid_request', 0]);
          return;
        }
        sent += 1;
        expect(requests.map(({ url }) => url)).toEqual(['https://billing.example.net/includes/api.php']);
        expect(new URLSearchParams(requests[0]?.body).getAll('serviceid')).toEqual([String(serviceId)]);
      }),
      { numRuns: RUNS },
    );
    expect(sent).toBeGreaterThan(20);
  });
});

/** The counts that can stand beside an empty list; one that is left out has one. */
function countsFor(list: unknown): readonly { readonly totalresults?: number | string }[] {
  const counts = [{ totalresults: 0 }, { totalresults: '0' }];
  return list === undefined ? counts : [{}, ...counts];
}

type JsonEntries = ReturnType<typeof request>[];

/** A text in lower case; empty for what is no text, which may not even be convertible to one. */
function worded(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
