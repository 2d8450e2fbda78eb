import { beforeEach, describe, expect, it } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call, sendJson, until } from './http.ts';

let sandbox: Sandbox;
let serverId: number;
beforeEach(async () => {
  sandbox = await startSandbox();
  serverId = sandbox.vpsbg.seeded.active.serverId;
  return () => sandbox.close();
});

function cancel(init: RequestInit = {}): Promise<Answer> {
  const { baseUrl, token } = sandbox.settings.vpsbg;
  const headers = { authorization: `Bearer ${token}` };
  return sendJson('POST', `${baseUrl}/v1/servers/cancel`, { server_ids: [serverId], now: false }, headers, init);
}
function show(): Promise<Answer> {
  const { baseUrl, token } = sandbox.settings.vpsbg;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return call(`${baseUrl}/v1/servers/${serverId}`, { headers });
}
const cancelled = (): number => sandbox.vpsbg.service(serverId).timesCancelled;

/** The outcome of a call: its status, or the code with which the connection failed. */
async function fate(answer: Promise<Answer>): Promise<number | string> {
  try {
    return (await answer).status;
  } catch (error) {
    const cause = error instanceof TypeError ? error.cause : error;
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  }
}

describe('a fault that is executed or not', () => {
  it.each([
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'server_error' }, 500],
    [{ kind: 'server_error', status: 502 }, 502],
    [{ kind: 'server_error', status: 503, retryAfter: 7 }, 503],
    [{ kind: 'server_error', status: 504 }, 504],
    [{ kind: 'html' }, 200],
    [{ kind: 'html', status: 403 }, 403],
    [{ kind: 'truncated' }, 200],
    [{ kind: 'empty' }, 200],
    [{ kind: 'empty', status: 500 }, 500],
    [{ kind: 'oversize', bytes: 300_000 }, 200],
    [{ kind: 'oversize', bytes: 300_000, gzip: true }, 200],
  ] as const)('%j shows the caller %s either way', async (fault, expected) => {
    for (const executed of [false, true]) {
      sandbox.vpsbg.fault({ ...fault, executed });
      expect(await fate(cancel())).toBe(expected);
      expect(cancelled()).toBe(executed ? 1 : 0);
    }
    expect(await fate(cancel())).toBe(204);
    expect(sandbox.vpsbg.requests.map((request) => request.fault)).toEqual([fault.kind, fault.kind, undefined]);
  });

  it.each([true, false])('hangs until the caller gives up; executed: %s', async (executed) => {
    sandbox.vpsbg.fault({ kind: 'hang', executed });
    await expect(cancel({ signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
    expect(cancelled()).toBe(executed ? 1 : 0);
    expect(await fate(cancel())).toBe(204);
  });
});

describe('a fault that is never executed', () => {
  it.each([
    [{ kind: 'rate_limit', retryAfter: 30 }, 429, 'retry-after', '30'],
    [
      { kind: 'rate_limit', retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' },
      429,
      'retry-after',
      'Wed, 21 Oct 2026 07:28:00 GMT',
    ],
    [{ kind: 'rate_limit' }, 429, 'retry-after', null],
    [{ kind: 'firewall' }, 403, 'content-type', 'text/html; charset=UTF-8'],
    [{ kind: 'redirect', location: '/v2/servers/cancel' }, 307, 'location', '/v2/servers/cancel'],
    [{ kind: 'redirect', status: 302, location: 'https://evil.example/' }, 302, 'location', 'https://evil.example/'],
  ] as const satisfies readonly (readonly [Fault, ...unknown[]])[])('%j', async (fault, status, header, value) => {
    sandbox.vpsbg.fault(fault);
    const answer = await cancel();
    expect(answer.status).toBe(status);
    expect(answer.headers.get(header)).toBe(value);
    expect(cancelled()).toBe(0);
  });
});

describe('a fault that is always executed', () => {
  it('delays the response, not the effect', async () => {
    sandbox.vpsbg.fault({ kind: 'latency', ms: 60 });
    const before = performance.now();
    const answer = cancel();
    await until(() => cancelled() === 1);
    expect((await answer).status).toBe(204);
    expect(performance.now() - before).toBeGreaterThan(55);
  });

  it('closes the connection in the middle of the body', async () => {
    sandbox.vpsbg.fault({ kind: 'cut_body' });
    const { baseUrl, token } = sandbox.settings.vpsbg;
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const response = await fetch(`${baseUrl}/v1/servers/${serverId}`, { headers });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('drips the body', async () => {
    const whole = (await show()).text;
    sandbox.vpsbg.fault({ kind: 'slow_body', ms: 1, bytes: Math.ceil(whole.length / 20) });
    const before = performance.now();
    expect((await show()).text).toBe(whole);
    expect(performance.now() - before).toBeGreaterThan(19);
  });

  it.each([undefined, 'reset', 'hang'] as const)(
    'executes late, after the connection is lost: %s',
    async (connection) => {
      sandbox.vpsbg.fault({ kind: 'late_execution', ms: 80, ...(connection === undefined ? {} : { connection }) });
      const result = fate(cancel({ signal: AbortSignal.timeout(20) }));
      expect(['ECONNRESET', '23']).toContain(await result);
      expect(cancelled()).toBe(0);
      await until(() => cancelled() === 1);
    },
  );
});

describe('the body of a faulty answer', () => {
  it('is the first half of the real JSON when truncated', async () => {
    const whole = (await show()).text;
    sandbox.vpsbg.fault({ kind: 'truncated', executed: true });
    const answer = await show();
    expect(answer.json).toBeUndefined();
    expect(answer.text).toBe(whole.slice(0, Math.ceil(whole.length / 2)));
  });

  it.each([false, true])('is still the real JSON when oversize; compressed: %s', async (gzip) => {
    const real = (await show()).json;
    sandbox.vpsbg.fault({ kind: 'oversize', bytes: 500_000, executed: true, gzip });
    const answer = await show();
    expect(answer.text).toHaveLength(500_000);
    expect(answer.json).toEqual(real);
    expect(answer.headers.get('content-encoding')).toBe(gzip ? 'gzip' : null);
  });

  it('of a 500 and a 429 is the provider’s own', async () => {
    const { edis, vpsbg, hosting, whmcs } = sandbox;
    const urls = Object.entries({
      edis: sandbox.settings.edis.baseUrl,
      vpsbg: sandbox.settings.vpsbg.baseUrl,
      hosting: sandbox.settings.hosting.baseUrl,
      whmcs: sandbox.settings.whmcs.url,
    });
    for (const server of [edis, vpsbg, hosting, whmcs]) {
      server.fault({ kind: 'server_error', executed: false });
      server.fault({ kind: 'rate_limit' });
    }
    const texts = await Promise.all(
      urls.map(async ([name, url]) => [name, (await call(url)).text, (await call(url)).text]),
    );
    expect(texts).toEqual([
      [
        'edis',
        expect.stringContaining('"support":"Please contact support'),
        expect.stringContaining('"status":"error"'),
      ],
      ['vpsbg', '{"message":"Server Error"}', '{"message":"Too Many Attempts."}'],
      [
        'hosting',
        expect.stringContaining('"errorCode":"internal_error"'),
        expect.stringContaining('rate_limit_exceeded'),
      ],
      ['whmcs', expect.stringContaining('<!DOCTYPE html>'), expect.stringContaining('<!DOCTYPE html>')],
    ]);
  });
});

describe('a queue of faults', () => {
  it('hits so many calls, one fault after another, and can be cleared', async () => {
    sandbox.vpsbg.fault({ kind: 'empty', status: 503, executed: false, times: 2 });
    sandbox.vpsbg.fault({ kind: 'firewall' });
    expect([await fate(show()), await fate(show()), await fate(show()), await fate(show())]).toEqual([
      503, 503, 403, 200,
    ]);
    sandbox.vpsbg.fault({ kind: 'firewall', times: Infinity });
    expect([await fate(show()), await fate(show())]).toEqual([403, 403]);
    sandbox.vpsbg.clearFaults();
    expect(await fate(show())).toBe(200);
  });

  it('spares the calls that a fault does not mean, and the other providers', async () => {
    sandbox.vpsbg.fault({ kind: 'firewall', only: ({ method }) => method === 'POST' });
    expect([await fate(show()), await fate(cancel()), await fate(cancel())]).toEqual([200, 403, 204]);
    sandbox.vpsbg.fault({ kind: 'firewall' });
    expect((await call(sandbox.settings.whmcs.url)).status).toBe(404);
  });

  it.each([
    [undefined, 'expected an object'],
    [{ kind: 'explode' }, 'unknown kind "explode"; expected latency'],
    [{ kind: 'latency' }, 'latency.ms: expected a number of milliseconds'],
    [{ kind: 'latency', ms: -1 }, 'latency.ms: expected a number of milliseconds'],
    [{ kind: 'hang' }, 'hang.executed: expected true or false'],
    [{ kind: 'firewall', executed: true }, 'firewall has no field "executed"'],
    [{ kind: 'firewall', times: 0 }, 'firewall.times: expected a whole number above zero, or Infinity'],
    [{ kind: 'firewall', only: 'POST' }, 'firewall.only: expected a function'],
    [{ kind: 'server_error', status: 501, executed: true }, 'server_error.status: expected 500, 502, 503, 504'],
    [{ kind: 'html', status: 204, executed: true }, 'html.status: expected a status from 200 to 599'],
    [{ kind: 'redirect' }, 'redirect.location: expected a text'],
    [{ kind: 'redirect', location: 'a\r\nb' }, 'redirect.location: expected a text'],
    [{ kind: 'oversize', bytes: 0.5, executed: true }, 'oversize.bytes: expected a whole number of bytes'],
    [{ kind: 'rate_limit', retryAfter: NaN }, 'rate_limit.retryAfter: expected a number of seconds'],
  ])('refuses %j', (fault, message) => {
    const add: (fault: never) => void = sandbox.vpsbg.fault;
    expect(() => Reflect.apply(add, undefined, [fault])).toThrow(`sandbox.vpsbg.fault: ${message}`);
  });
});
