import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../src/sending/connection-failure.ts';

function systemError(code: string, syscall?: string): Error {
  return Object.assign(new Error(code), { code, ...(syscall === undefined ? {} : { syscall }) });
}
const wrapped = (cause: unknown): Error => new TypeError('fetch failed', { cause });

describe('a failed fetch', () => {
  it('to a port that fetch refuses was provably not sent', async () => {
    const error: unknown = await fetch('http://127.0.0.1:6000/').catch((failure: unknown) => failure);
    expect(describeFailure(error)).toBe('its port is one that fetch does not use');
  });

  it.each([
    ['ECONNREFUSED', 'connect', 'the connection was refused'],
    ['ECONNRESET', 'connect', 'the connection was reset while it was being made'],
    ['ETIMEDOUT', 'connect', 'the connection could not be made in time'],
    ['EHOSTUNREACH', 'connect', 'the host cannot be reached'],
    ['ENETUNREACH', 'connect', 'the network cannot be reached'],
    ['ENOTFOUND', 'getaddrinfo', 'the host name does not exist, or this machine cannot look it up'],
    ['EAI_AGAIN', 'getaddrinfo', 'the host name could not be looked up'],
    ['ENOTFOUND', 'queryA', 'the host name does not exist, or this machine cannot look it up'],
    ['ENOTFOUND', 'queryAaaa', 'the host name does not exist, or this machine cannot look it up'],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, 'the connection could not be made in time'],
    ['CERT_HAS_EXPIRED', undefined, 'the TLS certificate has expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, 'the TLS certificate is self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', undefined, 'the TLS certificate chain is self-signed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', undefined, 'the TLS certificate cannot be verified'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', undefined, 'the TLS certificate cannot be verified'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'the TLS certificate is for another host'],
  ])('with %s of %s was provably not sent: %s', (code, syscall, why) => {
    expect(describeFailure(systemError(code, syscall))).toBe(why);
    expect(describeFailure(wrapped(systemError(code, syscall)))).toBe(why);
    expect(describeFailure(wrapped(wrapped(systemError(code, syscall))))).toBe(why);
  });

  it.each([
    ['ECONNRESET', 'read'],
    ['ECONNRESET', undefined],
    ['ECONNREFUSED', undefined],
    ['ECONNREFUSED', 'read'],
    ['ETIMEDOUT', 'read'],
    ['EPIPE', 'write'],
    ['ENOTFOUND', 'connect'],
    ['EAI_AGAIN', undefined],
    ['UND_ERR_SOCKET', undefined],
    ['UND_ERR_HEADERS_TIMEOUT', undefined],
    ['toString', 'connect'],
    ['constructor', 'getaddrinfo'],
    ['', 'connect'],
  ])('with %s of %s may have been sent', (code, syscall) => {
    expect(describeFailure(systemError(code, syscall))).toBeUndefined();
    expect(describeFailure(wrapped(systemError(code, syscall)))).toBeUndefined();
  });

  it.each([undefined, null, 'ECONNREFUSED', 5, {}, new Error('none'), { code: 5, syscall: 'connect' }])(
    'with %j may have been sent',
    (error) => {
      expect(describeFailure(error)).toBeUndefined();
      expect(describeFailure(wrapped(error))).toBeUndefined();
    },
  );

  it('that tried several addresses was not sent only if none of them was', () => {
    const refused = systemError('ECONNREFUSED', 'connect');
    const unreachable = systemError('ENETUNREACH', 'connect');
    const reset = systemError('ECONNRESET', 'read');
    expect(describeFailure(new AggregateError([unreachable, refused]))).toBe('the network cannot be reached');
    expect(describeFailure(wrapped(new AggregateError([refused, unreachable])))).toBe('the connection was refused');
    expect(describeFailure(new AggregateError([refused, reset]))).toBeUndefined();
    expect(describeFailure(new AggregateError([reset, refused]))).toBeUndefined();
    expect(describeFailure(new AggregateError([]))).toBeUndefined();
  });

  it('is judged by its own syscall, whatever led to it', () => {
    const error = Object.assign(systemError('ECONNRESET', 'read'), { cause: systemError('ECONNREFUSED', 'connect') });
    expect(describeFailure(error)).toBeUndefined();
    const silent = Object.assign(systemError('UND_ERR_SOCKET'), {
      syscall: undefined,
      cause: systemError('ECONNREFUSED', 'connect'),
    });
    expect(describeFailure(silent)).toBe('the connection was refused');
  });

  it('is followed eight causes deep, and no further', () => {
    const chain = (depth: number): Error =>
      Array.from({ length: depth }).reduce<Error>((cause) => wrapped(cause), systemError('ECONNREFUSED', 'connect'));
    expect(describeFailure(chain(8))).toBe('the connection was refused');
    expect(describeFailure(chain(9))).toBeUndefined();
    const circle = new Error('circle');
    circle.cause = circle;
    expect(describeFailure(circle)).toBeUndefined();
  });

  it('is followed eight lists of addresses deep, and no further', () => {
    const nest = (depth: number): Error =>
      Array.from({ length: depth }).reduce<Error>(
        (inner) => new AggregateError([inner]),
        systemError('ECONNREFUSED', 'connect'),
      );
    expect(describeFailure(nest(8))).toBe('the connection was refused');
    expect(describeFailure(nest(9))).toBeUndefined();
  });

  it.each([
    ['a function', Object.assign(() => undefined, { code: 'ECONNREFUSED', syscall: 'connect' })],
    [
      'an object whose code only reads like one',
      { code: { toString: (): string => 'ECONNREFUSED' }, syscall: 'connect' },
    ],
  ])('with %s may have been sent', (_, thrown) => {
    expect(describeFailure(thrown)).toBeUndefined();
    expect(describeFailure(wrapped(thrown))).toBeUndefined();
  });

  it('that cannot be read may have been sent', () => {
    const hostile = {
      get code(): string {
        throw new Error('no');
      },
    };
    expect(describeFailure(hostile)).toBeUndefined();
  });
});
