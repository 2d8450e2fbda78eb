import { createCancelService, type RevokeResult } from 'cancelkit';
import { hosting, type HostingConfig } from 'cancelkit/hosting';
import { describe, expect, it } from 'vitest';
import { type Reply, printed, replying } from '../../outcome/set-up.ts';
import { failureOf } from '../../support/failure.ts';

const token = 'aTokenOfSomeLength+/=';
const service = { hostingId: '1_aed1', domain: 'example.com' };

const shown = (serviceStatus: string): Reply => ({
  status: 200,
  body: {
    responseId: '1_read',
    status: 'ok',
    hosting: {
      identifier: '1_aed1',
      status: 'ok',
      serviceStatus,
      openJobCount: 0,
      nextServiceRenewalDate: '2026-03-30',
    },
  },
});
const CANCELLED: readonly Reply[] = [
  shown('expiring'),
  { status: 200, body: { status: 'ok', hostingEvents: [{ jobType: 'cancelHosting', jobStatus: 'done' }] } },
];
/** Documented: a resume is queued like a cancellation. */
const PENDING: Reply = {
  status: 202,
  body: {
    responseId: '1_2aa0',
    status: 'pending',
    message: 'Your update request is pending',
    hosting: { identifier: '1_aed1' },
  },
};
const error = (status: number, errorCode: string, errorMessage: string): Reply => ({
  status,
  body: { responseId: '1_no', status: 'error', errorCode, errorMessage },
});

function resume(
  replies: readonly Reply[],
  config: Partial<HostingConfig> = {},
): { readonly outcome: Promise<RevokeResult>; readonly requests: readonly Request[] } {
  const { fetch, requests } = replying(...replies);
  const account = hosting({ baseUrl: 'https://hosting.example.net/api/v1', token, ...config });
  const services = createCancelService({ hosting: account }, { fetch });
  return { outcome: services.revoke({ account: 'hosting', service }), requests };
}

describe('the undo of a cancellation at a Hosting API', () => {
  it('is a PATCH that resumes the service, with the token of the account', async () => {
    const { outcome, requests } = resume([...CANCELLED, PENDING]);
    expect(await outcome).toMatchObject({
      outcome: 'requested',
      providerReference: '1_2aa0',
      reconciled: false,
      attempts: 3,
    });
    const sent = requests.at(-1);
    expect([sent?.method, sent?.url]).toEqual(['PATCH', 'https://hosting.example.net/api/v1/hosting/1_aed1']);
    expect(sent?.headers.get('token')).toBe(token);
    expect(sent?.headers.get('content-type')).toBe('application/json');
    expect(await sent?.json()).toEqual({ resumeService: true });
    expect(requests).toHaveLength(3);
  });

  it('sends the token in the configured header', async () => {
    const { outcome, requests } = resume([...CANCELLED, PENDING], {
      tokenHeader: 'Authorization',
      tokenScheme: 'Bearer',
    });
    await outcome;
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      `Bearer ${token}`,
      `Bearer ${token}`,
      `Bearer ${token}`,
    ]);
  });

  it('is requested if the response has the older keys', async () => {
    const body = { response_id: '1_old', status: 'PENDING' };
    expect(await resume([...CANCELLED, { status: 202, body }]).outcome).toMatchObject({ providerReference: '1_old' });
  });

  it.each([
    [
      'it is immediate, or does not exist',
      error(405, 'not_active', 'There is no service to resume'),
      'rejected',
      /no service to resume/,
    ],
    ['the token is wrong', error(401, 'unauthorized', 'No.'), 'unauthorized', /token was not accepted/],
    ['the token may not do this', error(403, 'forbidden', 'Read only'), 'forbidden', /may not do this: Read only/],
    ['the hosting is gone meanwhile', error(404, 'does_not_exist', 'No.'), 'not_found', /no hosting/],
  ] as const)('is refused for good if %s', async (_name, answer, code, message) => {
    const { outcome, requests } = resume([...CANCELLED, answer]);
    const failure = await failureOf(outcome);
    expect(failure).toMatchObject({ code, providerStatus: answer.status, operation: 'revoke' });
    expect(failure.message).toMatch(message);
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['a 200, which is not documented', { status: 200, body: { responseId: '1_2aa0', status: 'ok' } }],
    ['a 202 without the id of a job', { status: 202, body: { status: 'pending' } }],
    ['a page', { status: 202, body: '<html>Log in</html>' }],
    ['nothing', { status: 204 }],
    ['a failure', error(500, 'internal_error', 'Oops')],
    ['an error under a 200', error(200, 'not_active', 'No.')],
  ] as const)('is unknown after %s, with what the hosting says afterwards', async (_name, answer) => {
    const { outcome, requests } = resume([...CANCELLED, answer, ...CANCELLED]);
    expect(await failureOf(outcome)).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'scheduled',
      providerStatus: answer.status,
    });
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH', 'GET', 'GET']);
  });

  it('is revoked after an unreadable response if hosting and history show no cancellation', async () => {
    const history: Reply = { status: 200, body: { status: 'ok', hostingEvents: [] } };
    const { outcome } = resume([...CANCELLED, { status: 202, body: '<html>' }, shown('active'), history]);
    expect(await outcome).toMatchObject({ outcome: 'revoked', reconciled: true, before: { state: 'scheduled' } });
  });

  it('keeps the token out of everything', async () => {
    const body = { responseId: '1_2aa0', status: 'pending', message: `with ${token}`, token };
    const result = await resume([...CANCELLED, { status: 202, body }]).outcome;
    expect(printed(result)).not.toContain(token);
    const failure = await failureOf(resume([...CANCELLED, error(403, 'forbidden', `not with ${token}`)]).outcome);
    expect(printed(failure)).not.toContain(token);
    expect(failure.providerMessage).toBe('not with [REDACTED]');
  });
});
