import { createCancelService, type Accounts, type CancelManyOptions, type ErrorCode } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { startHttp, type Loopback, type SeenRequest } from '../support/loopback.ts';

type Answer = readonly [status: number, body: string];

interface Case {
  readonly id: string;
  readonly account: (origin: string) => Accounts[string];
  readonly service: (index: number) => Readonly<Record<string, unknown>>;
  readonly isWrite: (request: SeenRequest) => boolean;
  /** A response of the provider's own that lets no request of the account in. */
  readonly forbidden: Answer;
  /** The provider's own word that it has no such service. */
  readonly notFound: Answer;
  readonly unauthorized: Answer;
}

const json = JSON.stringify;

const EDIS: Case = {
  id: 'edis',
  account: (baseUrl) => edis({ baseUrl, email: 'reseller@example.com', password: 'correct-horse' }),
  service: (index) => ({ serviceId: 4000 + index }),
  isWrite: () => true,
  forbidden: [403, json({ status: 'error', message: 'Access from 203.0.113.9 is blocked.' })],
  notFound: [404, json({ status: 'error', message: 'The specified KVM ID or service ID does not exist.' })],
  unauthorized: [401, json({ status: 'error', message: 'Invalid WHMCS credentials provided.' })],
};

const READABLE: readonly Case[] = [
  {
    id: 'vpsbg',
    account: (baseUrl) => vpsbg({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ serverId: 4000 + index }),
    isWrite: ({ method }) => method === 'POST',
    forbidden: [403, json({ message: 'Invalid ability provided.' })],
    notFound: [404, json({ message: 'Server not found.' })],
    unauthorized: [401, json({ message: 'Unauthenticated.' })],
  },
  {
    id: 'hosting',
    account: (baseUrl) => hosting({ baseUrl, token: 'a-token-of-the-account' }),
    service: (index) => ({ hostingId: `1_${index}`, domain: 'example.com' }),
    isWrite: ({ method }) => method === 'DELETE',
    forbidden: [
      403,
      json({ responseId: '1_2', status: 'error', errorCode: 'forbidden', errorMessage: 'Not from here' }),
    ],
    notFound: [404, json({ responseId: '1_2', status: 'error', errorCode: 'does_not_exist', errorMessage: 'None' })],
    unauthorized: [401, json({ responseId: '1_2', status: 'error', errorCode: 'unauthorized', errorMessage: 'No' })],
  },
  {
    id: 'whmcs',
    account: (url) => whmcs({ url, identifier: 'an-identifier', secret: 'a-secret-of-the-api' }),
    service: (index) => ({ serviceId: 4000 + index }),
    isWrite: ({ body }) => body.includes('AddCancelRequest'),
    forbidden: [403, json({ result: 'error', message: 'Invalid IP 203.0.113.9' })],
    notFound: [200, json({ result: 'error', message: 'Service ID Not Found' })],
    unauthorized: [403, json({ result: 'error', message: 'Authentication Failed' })],
  },
];

const ALL = [EDIS, ...READABLE];

/** Runs a list of ten against a server; one call at a time, so that what follows a refusal is certain. */
async function runTen(
  { account, service }: Case,
  server: Loopback,
  options: Pick<CancelManyOptions, 'batch'> = {},
): Promise<readonly string[]> {
  const services = createCancelService({ own: account(server.origin) }, { attemptTimeoutMs: 2000 });
  const requests = Array.from({ length: 10 }, (_, index) => {
    return { account: 'own', service: service(index), when: 'end_of_period', reason: 'Over' } as const;
  });
  const ends: string[] = [];
  for await (const item of services.cancelMany(requests, { concurrency: 1, ...options })) {
    ends[item.index] = item.ok ? item.result.outcome : item.error.code;
  }
  return ends;
}

const times = (count: number, code: ErrorCode): readonly string[] => Array.from({ length: count }, () => code);

describe.each(ALL)('a list for $id', (provider) => {
  it('ends for the account with the first refusal of its address', async () => {
    const [status, body] = provider.forbidden;
    await using server = await startHttp((response) => response.writeHead(status).end(body));
    expect(await runTen(provider, server)).toEqual(times(10, 'forbidden'));
    expect(server.seen).toHaveLength(1);
  });

  it('goes on after one service that is refused among others that are not, and not after two in a row', async () => {
    await using server = await startHttp((response) => {
      const isRefused = server.seen.length === 2 || server.seen.length >= 4;
      const [status, body] = isRefused ? provider.forbidden : provider.notFound;
      response.writeHead(status).end(body);
    });
    const expected = ['not_found', 'forbidden', 'not_found', ...times(7, 'forbidden')];
    expect(await runTen(provider, server)).toEqual(expected);
    expect(server.seen).toHaveLength(5);
  });

  it.each(['', '{}', '<html>401 Authorization Required</html>', json({ error: 'no' })])(
    'ends for the account with a 401 whose body is %j, in whatever words',
    async (body) => {
      await using server = await startHttp((response) => response.writeHead(401).end(body));
      expect(await runTen(provider, server)).toEqual(times(10, 'unexpected_response'));
      expect(server.seen).toHaveLength(1);
    },
  );
});

describe.each(READABLE)('a lost response of $id whose read-back is refused', (provider) => {
  it.each(['unauthorized', 'forbidden'] as const)('as %s ends the list for the account', async (kind) => {
    const [status, body] = provider[kind];
    await using server = await startHttp((response, request, socket) => {
      if (provider.isWrite(request)) socket.destroy();
      else response.writeHead(status).end(body);
    });
    expect(await runTen(provider, server)).toEqual(['outcome_unknown', ...times(9, kind)]);
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [403, { 'cf-mitigated': 'challenge' }, 'unavailable'],
    [401, {}, 'unexpected_response'],
  ] as const)('with %d and a page ends it, too, also if the write was answered', async (status, headers, code) => {
    await using server = await startHttp((response, request) => {
      if (provider.isWrite(request)) response.writeHead(524).end('<html>A timeout occurred</html>');
      else response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html></html>');
    });
    expect(await runTen(provider, server)).toEqual(['outcome_unknown', ...times(9, code)]);
    expect(server.seen).toHaveLength(2);
  });

  it('says so', async () => {
    const [status, body] = provider.unauthorized;
    await using server = await startHttp((response, request, socket) => {
      if (provider.isWrite(request)) socket.destroy();
      else response.writeHead(status).end(body);
    });
    const services = createCancelService({ own: provider.account(server.origin) });
    const request = { account: 'own', service: provider.service(0), when: 'end_of_period', reason: 'Over' } as const;
    const outcome = await services.safeCancel(request);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'outcome_unknown', readBackRefusal: 'unauthorized' } });
    expect(outcome.ok ? '' : outcome.error.message).toMatch(/could not be read back: .*(?:credentials|token)/);
  });
});

it.each([
  ['was lost', undefined],
  ['was refused for its contents', [422, json({ message: 'The given data was invalid.' })] as const],
])('a batch whose response %s is read back once if that is refused', async (_, answer) => {
  const provider = READABLE[0];
  if (provider === undefined) throw new Error('there is no provider');
  const [status, body] = provider.unauthorized;
  await using server = await startHttp((response, request, socket) => {
    if (!provider.isWrite(request)) response.writeHead(status).end(body);
    else if (answer === undefined) socket.destroy();
    else response.writeHead(answer[0]).end(answer[1]);
  });
  expect(await runTen(provider, server, { batch: { own: { size: 5 } } })).toEqual([
    ...times(5, 'outcome_unknown'),
    ...times(5, 'unauthorized'),
  ]);
  expect(server.seen).toHaveLength(2);
});
