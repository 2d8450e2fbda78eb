import { createCancelService, type Accounts, type CancelService } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
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
];

/** A service with the account `own` at a server that gives every request the same response. */
function servicesAt(server: Loopback, { account }: Case): CancelService<Accounts> {
  return createCancelService({ own: account(server.origin) }, { attemptTimeoutMs: 2000 });
}

const requestOf = ({ service }: Case, index = 0) =>
  ({ account: 'own', service: service(index), when: 'end_of_period', reason: 'Over' }) as const;

describe.each(CASES)('at $id', (provider) => {
  it.each(provider.refusals)(
    'a refusal with %d, %s, is never followed by a second request',
    async (status, body, code) => {
      await using server = await startHttp((response) => response.writeHead(status).end(body));
      const services = servicesAt(server, provider);
      expect(await failureOf(services.cancel(requestOf(provider)))).toMatchObject({ code, attempts: 1 });
      expect(server.seen).toHaveLength(1);
    },
  );

  it.each(provider.refusals)(
    'a refusal with %d, %s, ends the part of the account in a list',
    async (status, body, code) => {
      await using server = await startHttp((response) => response.writeHead(status).end(body));
      const requests = Array.from({ length: 10 }, (_, index) => requestOf(provider, index));
      const codes: string[] = [];
      for await (const item of servicesAt(server, provider).cancelMany(requests, { concurrency: 1 })) {
        codes.push(item.ok ? item.result.outcome : item.error.code);
      }
      expect(codes).toEqual(Array.from({ length: 10 }, () => code));
      expect(server.seen).toHaveLength(1);
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
