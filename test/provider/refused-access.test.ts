import { refusedAccess } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('a message that refuses access', () => {
  it.each([
    'Authentication Failed',
    'Invalid or missing credentials',
    'Invalid credentials.',
    'invalid username or password',
    'Invalid e-mail or password!',
    'Incorrect password',
    'Invalid API key provided',
    'The access token is invalid.',
    'Your API key has expired',
    'Token expired',
    'Login failed',
    'Unauthenticated.',
    'Unauthorized',
    '<b>Invalid token</b>',
    'Invalid&nbsp;credentials',
  ])('%j is one of the credentials', (said) => {
    expect(refusedAccess(said)).toEqual({ code: 'unauthorized' });
  });

  it.each([
    ['Invalid IP 203.0.113.7', '203.0.113.7'],
    ['Access denied: forbidden IP address: 2001:db8::7', '2001:db8::7'],
    ['Your IP [203.0.113.7] is not allowed.', '203.0.113.7'],
  ])('%j names the address', (said, address) => {
    expect(refusedAccess(said)).toEqual({ code: 'forbidden', address });
  });

  it.each([
    '',
    'This action is unauthorized.',
    'PayPal: Authentication failed',
    'The gateway said: invalid credentials',
    'Invalid parameters or missing required fields.',
    'The token bucket is empty',
    'Invalid type',
    'The password of the server was reset',
  ])('%j is none', (said) => {
    expect(refusedAccess(said)).toBeUndefined();
  });

  it('is never one with other words around it, and any text is read', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), fc.stringMatching(/^[a-z]{3,12}$/), (text, word) => {
        refusedAccess(text);
        expect(refusedAccess(`Gateway ${word}: Authentication failed`)).toBeUndefined();
      }),
    );
  });
});
