import { createCancelService, type RevokeResult } from 'cancelkit';
import { vpsbg, type VpsbgConfig } from 'cancelkit/vpsbg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Reply, replying } from '../../outcome/set-up.ts';
import { failureOf } from '../../support/failure.ts';

const token = '71|aVpsbgTokenThatIsLongEnough';
const service = { serverId: 7301 };

/** `GET /v1/servers/{id}`, with the fields that are documented. */
const server = (cancelRequest: unknown, fields: object = {}): Reply => ({
  status: 200,
  body: {
    id: 7301,
    hostname: 'vps7301.example.com',
    status: 'active',
    locked: false,
    expiry_at: '2026-03-30T11:03:10.000000Z',
    auto_renew: true,
    cancel_request: cancelRequest,
    ...fields,
  },
});
const PENDING = server({ now: false, reason: 'Over' });
const NONE = server(null);

interface Undone {
  readonly outcome: Promise<RevokeResult>;
  readonly requests: readonly Request[];
}

function revoke(replies: readonly Reply[], config: Partial<VpsbgConfig> = {}): Undone {
  const { fetch, requests } = replying(...replies);
  const services = createCancelService({ vpsbg: vpsbg({ token, ...config }) }, { fetch });
  return { outcome: services.revoke({ account: 'vpsbg', service }), requests };
}

afterEach(() => vi.unstubAllEnvs());

describe('the undo of a cancellation at VPSBG', () => {
  it('is a DELETE with the id of the server, on the inferred path', async () => {
    const { outcome, requests } = revoke([PENDING, { status: 204 }, NONE]);
    await outcome;
    const [, sent] = requests;
    expect([sent?.method, sent?.url]).toEqual(['DELETE', 'https://api.vpsbg.eu/v1/servers/cancel']);
    expect(sent?.headers.get('authorization')).toBe(`Bearer ${token}`);
    expect(sent?.headers.get('accept')).toBe('application/json');
    expect(await sent?.json()).toEqual({ server_ids: [7301] });
  });

  it.each([
    ['v1/servers/{server_id}/cancel', '/v1/servers/7301/cancel'],
    ['/v1/servers/{server_id}/cancel-request', '/v1/servers/7301/cancel-request'],
    ['v2/{server_id}', '/v2/7301'],
  ])('goes to the configured path %s', async (undoPath, expected) => {
    const { outcome, requests } = revoke([PENDING, { status: 204 }, NONE], { undoPath });
    expect(await outcome).toMatchObject({ outcome: 'revoked' });
    expect(new URL(requests[1]?.url ?? '').pathname).toBe(expected);
  });

  it('goes to the path that the environment names', async () => {
    vi.stubEnv('VPSBG_TOKEN', token);
    vi.stubEnv('VPSBG_UNDO_PATH', 'v1/undo/{server_id}');
    const { fetch, requests } = replying(PENDING, { status: 204 }, NONE);
    await createCancelService({ vpsbg: vpsbg() }, { fetch }).revoke({ account: 'vpsbg', service });
    expect(new URL(requests[1]?.url ?? '').pathname).toBe('/v1/undo/7301');
  });

  it.each([
    '',
    '/',
    '../servers',
    'v1//cancel',
    'v1/cancel/',
    'v1/cancel?x=1',
    'v1/#',
    'v1/{id}',
    'https://example.com/v1',
    'v1/%2e%2e',
  ])('is not configured with the path %j, and sends nothing', async (undoPath) => {
    const { outcome, requests } = revoke([PENDING], { undoPath });
    expect(await failureOf(outcome)).toMatchObject({ code: 'not_configured', issues: [{ path: 'undoPath' }] });
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['204', { status: 204 }],
    ['200 {}', { status: 200, body: {} }],
    ['202 without a body', { status: 202 }],
  ] as const)('is believed after %s only because the read-back shows none', async (_name, answer) => {
    expect(await revoke([PENDING, answer, NONE]).outcome).toMatchObject({ outcome: 'revoked', reconciled: false });
    const failure = await failureOf(revoke([PENDING, answer, PENDING]).outcome);
    expect(failure).toMatchObject({ code: 'outcome_unknown', lastSeen: 'scheduled' });
  });

  it.each([
    ['a word of doubt', { status: 200, body: { message: 'Queued.' } }],
    ['a page', { status: 200, body: '<html>Log in</html>' }],
    ['a list', { status: 200, body: [] }],
    ['a failure', { status: 500, body: { message: 'Server Error' } }],
    ['a lock', { status: 423, body: { message: 'The server is locked.' } }],
    ['a firewall’s page', { status: 403, body: '<html>Blocked</html>' }],
  ] as const)('is settled by the read-back after %s', async (_name, answer) => {
    const gone = revoke([PENDING, answer, NONE]);
    expect(await gone.outcome).toMatchObject({ outcome: 'revoked', reconciled: true });
    const still = revoke([PENDING, answer, PENDING]);
    expect(await failureOf(still.outcome)).toMatchObject({ code: 'outcome_unknown', lastSeen: 'scheduled' });
    for (const { requests } of [gone, still]) {
      expect(requests.map(({ method }) => method)).toEqual(['GET', 'DELETE', 'GET']);
    }
  });

  it.each([
    ['completed', server(null, { status: 'terminated' }), 'completed'],
    ['unknown', server(false), 'unknown'],
  ] as const)('is not “revoked” if the read-back shows %s', async (_name, after, lastSeen) => {
    expect(await failureOf(revoke([PENDING, { status: 204 }, after]).outcome)).toMatchObject({
      code: 'outcome_unknown',
      lastSeen,
    });
  });

  it.each([
    [
      'the token is wrong',
      { status: 401, body: { message: 'Unauthenticated.' } },
      'unauthorized',
      /token is not valid/,
    ],
    [
      'the token may only read',
      { status: 403, body: { message: 'This action is unauthorized.' } },
      'forbidden',
      /"Write"/,
    ],
    ['there is no such call', { status: 404, body: { message: 'Not found.' } }, 'unexpected_response', /undoPath/],
    [
      'there is no such route',
      { status: 404, body: { message: 'The route could not be found.' } },
      'unexpected_response',
      /undoPath/,
    ],
    [
      'there is no such method',
      { status: 405, body: { message: 'Method not allowed.' } },
      'unexpected_response',
      /undoPath/,
    ],
    ['there is nothing to undo', { status: 422, body: { message: 'No request.' } }, 'rejected', /No request/],
    ['a page says so', { status: 404, body: '<html>404</html>' }, 'unexpected_response', /no API seems to be there/],
  ] as const)('is refused for good if %s', async (_name, answer, code, message) => {
    const { outcome, requests } = revoke([PENDING, answer]);
    const failure = await failureOf(outcome);
    expect(failure).toMatchObject({ code, providerStatus: answer.status, operation: 'revoke', attempts: 2 });
    expect(failure.message).toMatch(message);
    expect(requests).toHaveLength(2);
  });

  it('is not sent if the state is not known well enough to be there', async () => {
    const { outcome, requests } = revoke([{ status: 200, body: { id: 7301, status: 'active' } }]);
    expect(await failureOf(outcome)).toMatchObject({ code: 'unexpected_response' });
    expect(requests).toHaveLength(1);
  });

  it('is sent if there is a request of unknown shape', async () => {
    const { outcome, requests } = revoke([server('2026-03-30'), { status: 204 }, NONE]);
    expect(await outcome).toMatchObject({ outcome: 'revoked', before: { state: 'requested', revocable: true } });
    expect(requests).toHaveLength(3);
  });
});
