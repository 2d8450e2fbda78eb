import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hosting } from '../../providers/hosting/index.ts';
import { createCancelService } from '../../src/index.ts';
import { adviceOn, checkAfter } from '../../src/sending/connection-failure.ts';
import { listen } from '../support/listen.ts';

const coded = (code: string): Error => Object.assign(new Error(code), { code });

async function messageOf(baseUrl: string, proxy?: string): Promise<string> {
  const accounts = { plesk: hosting({ baseUrl, token: 'a-token-of-tests' }) };
  const services = createCancelService(accounts, { deadlineMs: 5000, ...(proxy === undefined ? {} : { proxy }) });
  const service = { hostingId: '1_a', domain: 'example.com' };
  const done = await services.safeCancel({ account: 'plesk', service, when: 'end_of_period', reason: 'over' });
  if (done.ok) throw new Error('it was cancelled');
  expect(done.error.code).toBe('unavailable');
  return done.error.message;
}

const OPTION = 'the option baseUrl (its variable is HOSTING_BASE_URL)';

describe('a connection that will fail the next time, too', () => {
  it('names the option and the variable of a host name that does not exist', async () => {
    expect(await messageOf('https://no-such-host.invalid/api')).toBe(
      `hosting: the host name does not exist, or this machine cannot look it up. Check the host name in ${OPTION}. Nothing was sent.`,
    );
  });

  it('names the option and the variable of a port that does not speak TLS', async () => {
    const server = createServer((_, response) => response.end());
    const port = await listen(server);
    expect(await messageOf(`https://127.0.0.1:${port}/api`)).toContain(`Check the port in ${OPTION}: `);
    server.close();
  });

  it('blames the proxy, and not the account, if its name does not exist', async () => {
    const message = await messageOf('https://hosting.example.com/api', 'http://no-such-proxy.invalid:3128');
    expect(message).toContain('Check the address of the proxy');
    expect(message).not.toContain('HOSTING_BASE_URL');
  });

  it('blames the proxy if it refuses the tunnel', async () => {
    const refusing = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'));
    });
    const message = await messageOf('https://hosting.example.com/api', `http://127.0.0.1:${await listen(refusing)}`);
    expect(message).toContain('Check the credentials of the proxy');
    refusing.close();
  });

  it.each([
    // On Bun, the proxy's answer is the response; on Deno it is an error that names no status.
    ['Bun', (): Response => new Response('Proxy Authentication Required', { status: 407 })],
    [
      'Deno',
      (): Response => {
        throw new TypeError(
          'error sending request for url (https://hosting.example.com/api): client error (Connect): proxy authentication required',
        );
      },
    ],
  ])('is not asked for twice on %s, where a proxy refuses the credentials that it was given', async (_, answer) => {
    let asked = 0;
    const fetch: typeof globalThis.fetch = async () => {
      asked += 1;
      return answer();
    };
    const accounts = { plesk: hosting({ baseUrl: 'https://hosting.example.com/api', token: 'a-token-of-tests' }) };
    const service = { hostingId: '1_a', domain: 'example.com' };
    const done = await createCancelService(accounts, { fetch }).safeCancel({
      account: 'plesk',
      service,
      when: 'end_of_period',
      reason: 'over',
    });
    expect(done).toMatchObject({ ok: false, error: { retryable: false, attempts: 1 } });
    expect(asked).toBe(1);
  });

  it.each([
    ['ENOTFOUND', 'Check the host name in HERE.'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'Check the host name in HERE; the certificate does not list it.'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'Check the clock of this machine'],
  ])('says what to check after %s, also as the cause of another error', (code, expected) => {
    for (const error of [
      coded(code),
      new TypeError('failed', { cause: coded(code) }),
      new AggregateError([coded(code)]),
    ]) {
      const check = checkAfter(error, false);
      expect(check === undefined ? '' : adviceOn(check, 'HERE')).toContain(expected);
    }
  });

  it.each(['EAI_AGAIN', 'ECONNREFUSED', 'ETIMEDOUT', 'constructor', ''])('is not what %s means', (code) => {
    expect(checkAfter(coded(code), false)).toBeUndefined();
    expect(checkAfter(coded(code), true)).toBeUndefined();
  });

  it('is not concluded from what cannot be read, nor from a circle of causes', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    const hostile = {
      get code(): string {
        throw new Error('no');
      },
    };
    for (const error of [undefined, null, 'ENOTFOUND', circle, hostile])
      expect(checkAfter(error, false)).toBeUndefined();
  });
});
