import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostsOf, serveConsole, type LocalConsole } from '../../src/console/local-server.ts';
import { failureOf } from '../support/failure.ts';
import { openConsoleSet, textOf, type ConsoleSet } from './support/open-console.ts';

let set: ConsoleSet;
let served: LocalConsole;
let origin: string;
let token: string;
beforeAll(async () => {
  set = await openConsoleSet();
  await set.addUnknown('local');
  served = await serveConsole({ queue: set.queue, by: 'Kim', port: 0, onError: () => undefined });
  origin = new URL(served.url).origin;
  token = new URL(served.url).searchParams.get('token') ?? '';
}, 60_000);
afterAll(async () => {
  await served.close();
  await set[Symbol.asyncDispose]();
});

/** A request whose Host may be any. */
async function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof ask>>>();
  const { hostname, port } = new URL(origin);
  send({ hostname, port, path, method, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  })
    .on('error', reject)
    .end();
  return await promise;
}

const signIn = async (): Promise<string> => {
  const { headers } = await ask(`/?token=${token}`);
  return String(headers['set-cookie']?.[0]).split(';')[0] ?? '';
};

describe('the console of this machine', () => {
  it('listens on 127.0.0.1', () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  });

  it('makes a cookie of the token, which leaves the address', async () => {
    const { status, headers } = await ask(`/accounts?token=${token}&show=all`);
    expect([status, headers['location']]).toEqual([303, '/accounts?show=all']);
    const { port } = new URL(origin);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^cancelkit_${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`)),
    ]);
    expect(String(headers['set-cookie'])).not.toContain(token);
    const page = await ask('/', { cookie: await signIn() });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(token);
  });

  it.each(['//evil.example/', '/\\evil.example', '/%2F/evil.example', '/..//evil.example'])(
    'does not lead elsewhere: %s',
    async (path) => {
      const { status, headers } = await ask(`${path}?token=${token}`);
      expect([303, 400]).toContain(status);
      expect(new URL(String(headers['location'] ?? '/'), origin).origin).toBe(origin);
    },
  );

  it('shows nothing without the token', async () => {
    const { port } = new URL(origin);
    for (const [path, headers] of [
      ['/', {}],
      ['/?token=', {}],
      ['/?token=x', {}],
      [`/?token=${token.slice(1)}`, {}],
      ['/', { cookie: `cancelkit_${port}=` }],
      ['/', { cookie: `cancelkit_${port}=${token}` }],
      ['/cancellation?id=local', { cookie: 'cancelkit_form=x' }],
    ] as const) {
      const { status, text } = await ask(path, headers);
      expect(status).toBe(401);
      expect(textOf(text)).not.toMatch(/kvm_|Ann|local\b/);
      expect(textOf(text)).toContain('open the address that it printed');
    }
  });

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1.evil.example',
    '[::1]',
    'LOCALHOST.evil.example',
  ])('refuses the Host %j, whatever else is right', async (host) => {
    const cookie = await signIn();
    for (const path of ['/', `/?token=${token}`, '/console.js']) {
      const { status, text, headers } = await ask(path, { host, cookie });
      expect([400, 421]).toContain(status);
      expect(text).not.toMatch(/kvm_/);
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('takes localhost as the name of this machine, as through a tunnel', async () => {
    const { port } = new URL(origin);
    expect((await ask('/', { host: `localhost:${port}`, cookie: await signIn() })).status).toBe(200);
  });

  it('says which port cannot be used', async () => {
    const port = Number(new URL(origin).port);
    const error = await failureOf(serveConsole({ queue: set.queue, by: 'Kim', port, onError: () => undefined }));
    expect(error).toMatchObject({
      code: 'invalid_request',
      message: `queue: port ${port} is in use. Choose another one, or none for a free port.`,
    });
  });

  it.each(['', 'a\nb', 'x'.repeat(129)])('does not start for an operator whose name is %j', async (by) => {
    const error = await failureOf(serveConsole({ queue: set.queue, by, port: 0, onError: () => undefined }));
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('who decides has to be') });
  });

  it('is known by the hosts that browsers send', () => {
    expect(hostsOf(4080)).toEqual(['127.0.0.1:4080', 'localhost:4080']);
    expect(hostsOf(80)).toEqual(['127.0.0.1', 'localhost']);
  });

  it('ends with every connection', async () => {
    const other = await serveConsole({ queue: set.queue, by: 'Kim', port: 0, onError: () => undefined });
    expect((await fetch(new URL('/', other.url))).status).toBe(401);
    await other.close();
    await expect(fetch(new URL('/', other.url))).rejects.toThrow();
  });
});
