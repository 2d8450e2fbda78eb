import { createCancelService, type Accounts, type AnyWhen } from 'cancelkit';
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
import { startHttp, type Loopback, type SeenRequest } from '../support/loopback.ts';

interface Case {
  readonly id: string;
  readonly account: (origin: string) => Accounts[string];
  readonly service: (index: number) => Readonly<Record<string, unknown>>;
  readonly when: AnyWhen;
  /** Whether a cancellation is preceded by a read. */
  readonly readsFirst: boolean;
  /** What the provider's login answers, if the request is one. */
  readonly login?: (request: SeenRequest) => unknown;
}

const PROVIDERS: readonly Case[] = [
  {
    id: 'edis',
    account: (baseUrl) => edis({ baseUrl, email: 'reseller@example.com', password: 'correct-horse' }),
    service: (index) => ({ serviceId: 4000 + index }),
    when: 'end_of_period',
    readsFirst: false,
  },
  {
    id: 'vpsbg',
    account: (baseUrl) => vpsbg({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ serverId: 4000 + index }),
    when: 'end_of_period',
    readsFirst: false,
  },
  {
    id: 'hosting',
    account: (baseUrl) => hosting({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ hostingId: `1_${index}`, domain: 'example.com' }),
    when: 'end_of_period',
    readsFirst: false,
  },
  {
    id: 'whmcs',
    account: (url) => whmcs({ url, identifier: 'an-identifier', secret: 'a-secret-of-the-api' }),
    service: (index) => ({ serviceId: 4000 + index }),
    when: 'end_of_period',
    readsFirst: false,
  },
  {
    id: 'hostbill',
    account: (baseUrl) => hostbill({ baseUrl, email: 'reseller@example.com', password: 'correct-horse' }),
    service: (index) => ({ serviceId: 4000 + index }),
    when: 'end_of_period',
    readsFirst: false,
  },
  {
    id: 'hostbill with a login',
    account: (baseUrl) =>
      hostbill({ baseUrl, email: 'reseller@example.com', password: 'correct-horse', signIn: 'login' }),
    service: (index) => ({ serviceId: 4000 + index }),
    when: 'end_of_period',
    readsFirst: false,
    login: ({ path }) => (path.endsWith('/login') ? { token: 'a-token-of-the-login' } : undefined),
  },
  {
    id: 'mittwald',
    account: (baseUrl) => mittwald({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ contractId: `3d1c9b9a-1b1a-4b1a-8b1a-00000000000${index}` }),
    when: 'earliest',
    readsFirst: true,
  },
  {
    id: 'contabo',
    account: (baseUrl) =>
      contabo({
        baseUrl,
        authUrl: baseUrl,
        clientId: 'a-client',
        clientSecret: 'a-secret-of-the-client',
        username: 'user@example.com',
        password: 'correct-horse',
      }),
    service: (index) => ({ instanceId: 4000 + index }),
    when: 'earliest',
    readsFirst: true,
    login: ({ path }) =>
      path.endsWith('/token') ? { access_token: 'a-token-of-the-login', expires_in: 300 } : undefined,
  },
  {
    id: 'hetzner',
    account: (baseUrl) => hetzner({ baseUrl, user: '#ws+user', password: 'correct-horse' }),
    service: (index) => ({ serverNumber: 4000 + index }),
    when: 'earliest',
    readsFirst: true,
  },
  {
    id: 'leaseweb',
    account: (baseUrl) => leaseweb({ baseUrl, apiKey: 'a-key-of-the-account' }),
    service: (index) => ({ serviceId: String(4000 + index) }),
    when: 'end_of_term',
    readsFirst: true,
  },
  {
    id: 'ovh',
    account: (baseUrl) =>
      ovh({
        baseUrl,
        applicationKey: 'an-application',
        applicationSecret: 'a-secret-of-the-application',
        consumerKey: 'a-key-of-the-consumer',
      }),
    service: (index) => ({ serviceId: 4000 + index }),
    when: 'end_of_period',
    readsFirst: true,
    login: ({ path }) => (path.endsWith('/auth/time') ? Math.floor(Date.now() / 1000) : undefined),
  },
];

type Answer = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];

/** A server that lets logins in and gives one answer to everything else. */
function startWith({ login }: Case, [status, body, headers = {}]: Answer): Promise<Loopback> {
  return startHttp((response, request) => {
    const granted = login?.(request);
    if (granted === undefined) response.writeHead(status, headers).end(body);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(granted));
  });
}

const SERVED = '{"status":"success","serviceid":0}';
const PAGE = '<html>Maintenance</html>';

/** Runs ten rows against an EDIS that gives these answers in order, and then good ones. */
async function runAtEdis(answers: readonly string[], concurrency?: number): Promise<readonly string[]> {
  const provider = PROVIDERS[0];
  if (provider === undefined) throw new Error('there is no provider');
  await using server = await startHttp((response, { body }) => {
    const id = new URLSearchParams(body).get('serviceid') ?? '';
    response.end((answers[server.seen.length - 1] ?? SERVED).replace(':0', `:${id}`));
  });
  const services = createCancelService({ own: provider.account(server.origin) });
  const requests = Array.from({ length: 10 }, (_, index) => {
    return { account: 'own', service: provider.service(index), when: provider.when } as const;
  });
  const codes: string[] = [];
  for await (const item of services.cancelMany(requests, concurrency === undefined ? {} : { concurrency })) {
    codes[item.index] = item.ok ? item.result.outcome : item.error.code;
  }
  return codes;
}

interface Run {
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  /** How many requests were sent, logins aside. */
  readonly sent: number;
}

async function runTen(provider: Case, answer: Answer): Promise<Run> {
  await using server = await startWith(provider, answer);
  const { account, service, when, login } = provider;
  const services = createCancelService({ own: account(server.origin) });
  const requests = Array.from({ length: 10 }, (_, index) => {
    return { account: 'own', service: service(index), when, reason: 'Over' } as const;
  });
  const codes: string[] = [];
  const messages: string[] = [];
  for await (const item of services.cancelMany(requests)) {
    codes[item.index] = item.ok ? item.result.outcome : item.error.code;
    messages[item.index] = item.ok ? '' : item.error.message;
  }
  return { codes, messages, sent: server.seen.filter((request) => login?.(request) === undefined).length };
}

const times = (count: number, code: string): readonly string[] => Array.from({ length: count }, () => code);

describe.each(PROVIDERS)('a list for $id', (provider) => {
  const { id, readsFirst } = provider;

  it.each<readonly [string, Answer]>([
    ['a plain text', [200, 'Authentication failed']],
    ['a plain text with a mark and a line', [200, 'Unauthorized.\n', { 'content-type': 'text/plain' }]],
    ['the JSON of another API', [200, '{"message":"Unauthenticated."}']],
  ])('ends with the first refusal of the credentials as %s with 200', async (_, answer) => {
    const { codes, sent } = await runTen(provider, answer);
    const [first, ...rest] = codes;
    expect([rest, sent]).toEqual([times(9, 'unauthorized'), 1]);
    // A write proves nothing unless the API has such a form.
    expect(['unauthorized', ...(readsFirst ? [] : ['outcome_unknown'])]).toContain(first);
  });

  it.each<readonly [string, Answer]>([
    ['a login page', [200, '<html><form><input name="password"></form></html>', { 'content-type': 'text/html' }]],
    ['a redirect after a POST', [303, '', { location: '/login' }]],
    ['a page of a firewall', [403, '<html>Forbidden</html>']],
    ['a text in no known words', [200, 'ok']],
    ['a response without a body', [200, '']],
  ])('leaves the rest for later after three responses that are %s', async (_, answer) => {
    const { codes, messages, sent } = await runTen(provider, answer);
    const first = readsFirst ? 'unexpected_response' : 'outcome_unknown';
    expect(codes).toEqual([...times(3, first), ...times(7, 'unavailable')]);
    for (const message of messages.slice(3)) expect(message).toContain('Nothing was sent');
    // EDIS cannot be read back.
    expect(sent).toBe(readsFirst || id === 'edis' ? 3 : 6);
  });

  it('leaves the rest for later after three redirects to a login page, which carried nothing out', async () => {
    const { codes, sent } = await runTen(provider, [302, '', { location: '/login' }]);
    expect([codes, sent]).toEqual([[...times(3, 'unexpected_response'), ...times(7, 'unavailable')], 3]);
  });
});

describe('a list in which something else answers now and then', () => {
  it('goes on as long as the provider answers in between', async () => {
    const codes = await runAtEdis([PAGE, PAGE, SERVED, PAGE, PAGE, SERVED, PAGE]);
    const lost = 'outcome_unknown';
    expect(codes).toEqual([lost, lost, 'requested', lost, lost, 'requested', lost, ...times(3, 'requested')]);
  });

  it('ends after three in a row, also if the provider has answered before, and with no more in flight than three', async () => {
    const codes = await runAtEdis([SERVED, SERVED, ...times(8, PAGE)], 3);
    expect(codes.slice(0, 2)).toEqual(['requested', 'requested']);
    expect(codes.filter((code) => code === 'outcome_unknown').length).toBeLessThanOrEqual(4);
    expect(codes.slice(-4)).toEqual(times(4, 'unavailable'));
  });
});
