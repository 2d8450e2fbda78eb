import { createCancelService, type Accounts, type CancelService } from 'cancelkit';
import { contabo } from 'cancelkit/contabo';
import { edis } from 'cancelkit/edis';
import { hetzner } from 'cancelkit/hetzner';
import { hostbill } from 'cancelkit/hostbill';
import { hosting } from 'cancelkit/hosting';
import { leaseweb } from 'cancelkit/leaseweb';
import { mittwald } from 'cancelkit/mittwald';
import { ovh } from 'cancelkit/ovh';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { startHttp, type Loopback } from '../support/loopback.ts';

/** A provider with its own words, for conditions that reports of its users describe and every provider can meet. */
interface Case {
  readonly id: string;
  readonly account: (origin: string) => Accounts[string];
  readonly service: (index: number) => Readonly<Record<string, unknown>>;
  /** A success that a notice can stand before; empty if it has no body. */
  readonly successes: readonly (readonly [status: number, body: object])[];
  /** Refusals of credentials or of the address, in the forms and under the statuses in which they occur. */
  readonly refusals: readonly (readonly [status: number, body: string, code: 'unauthorized' | 'forbidden'])[];
  /** Default `end_of_period`. */
  readonly when?: 'earliest';
  /** What is answered before anything that needs the credentials. */
  readonly before?: { readonly path: string; readonly body: string };
}

const json = JSON.stringify;
const unauthenticated = json({ message: 'Unauthenticated.' });
const wrongLogin = json({ status: 'error', message: 'Invalid WHMCS credentials provided.' });
const wrongToken = json({
  responseId: '1_2aa0',
  status: 'error',
  errorCode: 'unauthorized',
  errorMessage: 'No access.',
});

const CASES: readonly Case[] = [
  {
    id: 'edis',
    account: (baseUrl) => edis({ baseUrl, email: 'reseller@example.com', password: 'correct-horse' }),
    service: (index) => ({ serviceId: 4000 + index }),
    successes: [[200, { status: 'success', serviceid: 4000, clientid: null }]],
    refusals: [
      [401, wrongLogin, 'unauthorized'],
      [200, wrongLogin, 'unauthorized'],
      [500, wrongLogin, 'unauthorized'],
      [403, json({ status: 'error', message: 'Access denied.' }), 'forbidden'],
      [400, json({ status: 'error', message: 'Invalid email or password.' }), 'unauthorized'],
      [422, json({ status: 'error', message: 'Authentication Failed' }), 'unauthorized'],
      [400, json({ status: 'error', message: 'Invalid IP 203.0.113.9' }), 'forbidden'],
      [200, json({ status: 'error', errors: { pw: ['Invalid WHMCS credentials provided.'] } }), 'unauthorized'],
      [400, json({ status: 'error', errors: 'Invalid WHMCS credentials provided.' }), 'unauthorized'],
    ],
  },
  {
    id: 'vpsbg',
    account: (baseUrl) => vpsbg({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ serverId: 4000 + index }),
    successes: [],
    refusals: [
      [401, unauthenticated, 'unauthorized'],
      [200, unauthenticated, 'unauthorized'],
      [500, unauthenticated, 'unauthorized'],
      [403, json({ message: 'This action is unauthorized.' }), 'forbidden'],
      [400, json({ message: 'Invalid token' }), 'unauthorized'],
      [401, json({ error: 'Unauthenticated.' }), 'unauthorized'],
      [200, json({ error: 'Unauthenticated.' }), 'unauthorized'],
    ],
  },
  {
    id: 'hosting',
    account: (baseUrl) => hosting({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ hostingId: `1_${index}`, domain: 'example.com' }),
    successes: [[202, { responseId: '1_2aa0', status: 'pending', message: 'Pending', hosting: { identifier: '1_0' } }]],
    refusals: [
      [401, wrongToken, 'unauthorized'],
      [200, wrongToken, 'unauthorized'],
      [500, wrongToken, 'unauthorized'],
      [422, wrongToken, 'unauthorized'],
      [403, wrongToken, 'forbidden'],
    ],
  },
  {
    id: 'whmcs',
    account: (url) => whmcs({ url, identifier: 'an-identifier', secret: 'a-secret-of-the-api' }),
    service: (index) => ({ serviceId: 4000 + index }),
    successes: [[200, { result: 'success', serviceid: 4000, userid: 1 }]],
    refusals: [
      [403, json({ result: 'error', message: 'Authentication Failed' }), 'unauthorized'],
      [200, json({ result: 'error', message: 'Forbidden IP 203.0.113.9' }), 'forbidden'],
      [200, 'result=error;message=Invalid IP 203.0.113.9', 'forbidden'],
    ],
  },
  {
    id: 'mittwald',
    account: (baseUrl) => mittwald({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ contractId: `V${1000 + index}` }),
    when: 'earliest',
    successes: [],
    refusals: [
      [401, json({ type: 'Unauthorized', message: 'access token invalid' }), 'unauthorized'],
      [400, json({ type: 'VError', message: 'Invalid access token' }), 'unauthorized'],
      [422, json({ type: 'VError', message: 'Unauthenticated.' }), 'unauthorized'],
      [403, json({ type: 'PermissionDenied', message: 'permission denied' }), 'forbidden'],
      [400, json({ type: 'VError', message: 'Your IP address 203.0.113.9 is not allowed' }), 'forbidden'],
    ],
  },
  {
    id: 'contabo',
    account: (baseUrl) =>
      contabo({
        baseUrl,
        authUrl: baseUrl,
        clientId: 'INT-204100',
        clientSecret: 'a-secret-of-the-api',
        username: 'api@example.com',
        password: 'correct-horse',
      }),
    service: (index) => ({ instanceId: 4000 + index }),
    when: 'earliest',
    successes: [],
    refusals: [
      [401, json({ error: 'invalid_grant', error_description: 'Invalid user credentials' }), 'unauthorized'],
      [
        401,
        json({ error: 'invalid_client', error_description: 'Invalid client or Invalid client credentials' }),
        'unauthorized',
      ],
      [400, json({ error: 'invalid_grant', error_description: 'Account disabled' }), 'unauthorized'],
      [400, json({ error: 'unauthorized_client' }), 'unauthorized'],
      [403, json({ error: 'access_denied', error_description: 'Forbidden IP 203.0.113.9' }), 'forbidden'],
      [400, json({ error: 'not_allowed', error_description: 'Forbidden IP 203.0.113.9' }), 'forbidden'],
    ],
  },
  {
    id: 'hetzner',
    account: (baseUrl) => hetzner({ baseUrl, user: 'robot-user', password: 'correct-horse' }),
    service: (index) => ({ serverNumber: 4000 + index }),
    when: 'earliest',
    successes: [],
    refusals: [
      [401, json({ error: { status: 401, code: 'UNAUTHORIZED', message: 'Unauthorized' } }), 'unauthorized'],
      [400, json({ error: { status: 400, code: 'BAD', message: 'Invalid credentials' } }), 'unauthorized'],
      [403, json({ error: { status: 403, code: 'FORBIDDEN', message: 'Forbidden IP 203.0.113.9' } }), 'forbidden'],
      [400, json({ error: { status: 400, code: 'BAD', message: 'Invalid IP 203.0.113.9' } }), 'forbidden'],
    ],
  },
  {
    id: 'leaseweb',
    account: (baseUrl) => leaseweb({ baseUrl, apiKey: 'a-key-of-the-account' }),
    service: (index) => ({ serviceId: String(30_000 + index) }),
    successes: [],
    refusals: [
      [401, json({ errorCode: '401', errorMessage: 'You are not authorized to view this resource.' }), 'unauthorized'],
      [404, json({ errorCode: '401', errorMessage: 'Unauthorized' }), 'unauthorized'],
      [400, json({ errorCode: '400', errorMessage: 'Invalid API key' }), 'unauthorized'],
      [403, json({ errorCode: '403', errorMessage: 'Access denied' }), 'forbidden'],
      [400, json({ errorCode: '400', errorMessage: 'IP 203.0.113.9 not allowed' }), 'forbidden'],
    ],
  },
  {
    id: 'hostbill',
    account: (baseUrl) => hostbill({ baseUrl, email: 'client@example.com', password: 'correct-horse' }),
    service: (index) => ({ serviceId: 4000 + index }),
    successes: [[200, { info: ['cancell_sent'] }]],
    refusals: [
      [200, json({ error: ['wronglogin'] }), 'unauthorized'],
      [200, 'wronglogin', 'unauthorized'],
      [403, 'Forbidden IP 203.0.113.9', 'forbidden'],
      [200, json({ error: 'wronglogin' }), 'unauthorized'],
      [401, json({ error: ['wronglogin'] }), 'unauthorized'],
      [200, json({ error: ['Invalid login or password'] }), 'unauthorized'],
      [200, json({ success: false, error: ['Unauthorized'] }), 'unauthorized'],
      [200, json({ error: ['Authentication failed', 'wronglogin'] }), 'unauthorized'],
      [200, json({ error: ['Invalid token', 'Please log in'] }), 'unauthorized'],
      [200, json({ error: ['Forbidden IP 203.0.113.9'] }), 'forbidden'],
      [403, json({ error: ['Access denied'] }), 'forbidden'],
    ],
  },
  {
    id: 'ovh',
    account: (baseUrl) =>
      ovh({
        baseUrl,
        applicationKey: 'an-application-key',
        applicationSecret: 'an-application-secret',
        consumerKey: 'a-consumer-key-of-it',
      }),
    service: (index) => ({ serviceId: 4000 + index }),
    before: { path: '/1.0/auth/time', body: String(Math.floor(Date.now() / 1000)) },
    successes: [],
    refusals: [
      [403, json({ message: 'This credential is not valid', errorCode: 'INVALID_CREDENTIAL' }), 'unauthorized'],
      [400, json({ message: 'Invalid signature', errorCode: 'INVALID_SIGNATURE' }), 'unauthorized'],
      [403, json({ message: 'You must login first', errorCode: 'NOT_CREDENTIAL' }), 'unauthorized'],
      [403, json({ message: 'This call has not been granted', errorCode: 'NOT_GRANTED_CALL' }), 'forbidden'],
      [400, json({ message: 'Invalid credentials' }), 'unauthorized'],
      [403, json({ message: 'Your IP 203.0.113.9 is not allowed' }), 'forbidden'],
      [400, json({ message: 'Your IP 203.0.113.9 is not allowed' }), 'forbidden'],
    ],
  },
];

/** A server that gives every request the same response, but those before the credentials. */
async function refusing({ before }: Case, status: number, body: string): Promise<Loopback> {
  return await startHttp((response, { path }) => {
    if (path === before?.path) response.writeHead(200, { 'content-type': 'application/json' }).end(before.body);
    else response.writeHead(status).end(body);
  });
}

/** A service with the account `own` at a server that gives every request the same response. */
function servicesAt(server: Loopback, { account }: Case): CancelService<Accounts> {
  return createCancelService({ own: account(server.origin) }, { attemptTimeoutMs: 2000 });
}

const requestOf = ({ service, when }: Case, index = 0) =>
  ({ account: 'own', service: service(index), when: when ?? 'end_of_period', reason: 'Over' }) as const;
const withCredentials = ({ seen }: Loopback, { before }: Case) => seen.filter(({ path }) => path !== before?.path);

describe.each(CASES)('at $id', (provider) => {
  it.each(provider.refusals)(
    'a refusal with %d, %s, is never followed by a second request',
    async (status, body, code) => {
      await using server = await refusing(provider, status, body);
      const services = servicesAt(server, provider);
      expect(await failureOf(services.cancel(requestOf(provider)))).toMatchObject({ code });
      expect(withCredentials(server, provider)).toHaveLength(1);
    },
  );

  it.each(provider.refusals)(
    'a refusal with %d, %s, ends the part of the account in a list',
    async (status, body, code) => {
      await using server = await refusing(provider, status, body);
      const requests = Array.from({ length: 10 }, (_, index) => requestOf(provider, index));
      const codes: string[] = [];
      for await (const item of servicesAt(server, provider).cancelMany(requests, { concurrency: 1 })) {
        codes.push(item.ok ? item.result.outcome : item.error.code);
      }
      expect(codes).toEqual(Array.from({ length: 10 }, () => code));
      expect(withCredentials(server, provider)).toHaveLength(1);
    },
  );

  it('a challenge of Cloudflare proves that nothing arrived, and is met once', async () => {
    const headers = { 'content-type': 'text/html', 'cf-mitigated': 'challenge' };
    await using server = await startHttp((response) => response.writeHead(403, headers).end('<title>Wait</title>'));
    const failure = await failureOf(servicesAt(server, provider).cancel(requestOf(provider)));
    expect(failure).toMatchObject({ code: 'unavailable', attempts: 1, retryable: false });
    expect(server.seen).toHaveLength(1);
  });

  it.each(provider.successes)('a notice before the JSON hides no success, and is a warning', async (status, body) => {
    const text = `<br />\n<b>Notice</b>: x in <b>y.php</b> on line <b>3</b><br />\n${json(body)}`;
    await using server = await startHttp((response) => response.writeHead(status).end(text));
    const result = await servicesAt(server, provider).cancel(requestOf(provider));
    expect(result.outcome).toBe('requested');
    expect(result.warnings.map(({ code }) => code)).toContain('text_before_answer');
    expect(JSON.stringify(result)).not.toContain('y.php');
  });

  it.each(['30.0', 'soon', ' 30 ', new Date(Date.now() + 30_000).toUTCString()])(
    'a 429 with Retry-After %j is waited for: no second request within its time',
    async (retryAfter) => {
      await using server = await startHttp((response) =>
        response.writeHead(429, { 'retry-after': retryAfter, 'content-type': 'text/plain' }).end('slow down'),
      );
      const failure = await failureOf(servicesAt(server, provider).cancel(requestOf(provider), { deadlineMs: 1500 }));
      expect(failure).toMatchObject({ code: 'rate_limited', attempts: 1 });
      expect(server.seen).toHaveLength(1);
    },
  );
});
