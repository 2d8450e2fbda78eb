import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closedOrigin, withLoopback } from '../../src/conformance/loopback.ts';
import { fieldsOf, placesOf } from '../../src/conformance/request-fields.ts';
import { encodingsOf, everythingOf, holdsSecret } from '../../src/conformance/secret-encodings.ts';

const secret = `p&ss <w+"r'd>/ü\\`;

describe('the search for secrets', () => {
  it.each(encodingsOf(secret))('finds %s', (encoded) => {
    expect(holdsSecret(`before${encoded}after`, [secret])).toBe(true);
  });

  it.each(['a:', 'ab:', 'abc:'])('finds a secret that was encoded together with %s', (user) => {
    const together = Buffer.from(`${user}${secret}:end`);
    expect(holdsSecret(together.toString('base64'), [secret])).toBe(true);
    expect(holdsSecret(together.toString('base64url'), [secret])).toBe(true);
  });

  it('finds nothing in other text', () => {
    expect(holdsSecret('p&ss <w+ [REDACTED] cCZzcw==', [secret])).toBe(false);
  });

  it.each([
    ['the message', new Error(secret)],
    ['a field', Object.assign(new Error('no'), { detail: { deep: [secret] } })],
    ['a hidden field', Object.defineProperty(new Error('no'), 'hidden', { value: secret })],
    ['a key', { [secret]: 1 }],
    ['a map', new Map([[1, secret]])],
    ['the cause', new Error('no', { cause: secret })],
  ])('sees %s', (_where, value) => {
    expect(holdsSecret(everythingOf(value), [secret])).toBe(true);
  });
});

describe('the fields of a request', () => {
  const request = { method: 'POST', target: '/a%20b?q=1%2F2', headers: { 'x-id': '7' }, body: '' };

  it('are decoded, wherever they stand', () => {
    const form = {
      ...request,
      headers: { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'reason=a+b',
    };
    expect(placesOf(form, 'a b')).toEqual(['body.reason']);
    expect(placesOf({ ...request, body: '{"order":{"note":["a \\"b\\""]}}' }, 'a "b"')).toEqual(['body.order.note.0']);
    expect(fieldsOf(request).get('query.q')).toBe('1/2');
    expect(fieldsOf(request).get('header.x-id')).toBe('7');
  });
});

describe('the loopback server', () => {
  it('is closed also if the work fails', async () => {
    let origin = '';
    const work = withLoopback(
      () => undefined,
      async (server) => {
        origin = server.origin;
        throw new Error('it failed');
      },
    );
    await expect(work).rejects.toThrow('it failed');
    await expect(refusal(origin)).resolves.toBe('ECONNREFUSED');
  });

  it('refuses every connection at a port that no system gives away by itself', async () => {
    const origin = await closedOrigin();
    await expect(refusal(origin)).resolves.toBe('ECONNREFUSED');
    expect(Number(new URL(origin).port)).toBeLessThan(32_768);
  });
});

async function refusal(origin: string): Promise<unknown> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  const [error] = await once(socket, 'error');
  return error.code;
}
