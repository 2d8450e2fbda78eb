import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { createCancelService, type CancelService } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactorFor } from '../../src/privacy/redactor-for.ts';
import { acme, acmeCancel, acmeStatus, REQUEST, toWrite, type AcmeAccount, type AcmeVariant } from '../support/acme.ts';
import { ENCODINGS, markedSecrets, secrets } from '../support/encodings.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';

describe('Redactor', () => {
  it('takes a secret out of a text in each of its encodings, and nothing else', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const redactor = redactorFor([secret]);
        for (const { name, encode, core = encode } of ENCODINGS) {
          const encoded = encode(secret);
          const clean = redactor.text(`«${encoded}» and «${encoded}»`);
          // An escape before the first character or a neighbour's part of a base64 text may stay: that says nothing.
          const rest = /^«[^»]{0,6}\[REDACTED\][^»]{0,6}» and «[^»]{0,6}\[REDACTED\][^»]{0,6}»$/s;
          expect([name, clean, rest.test(clean)]).toEqual([name, clean, true]);
          expect([name, clean.includes(core(secret))]).toEqual([name, false]);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('takes a secret out of messages and data in each of its encodings, wherever it is', () => {
    fc.assert(
      fc.property(markedSecrets, (secret) => {
        const redactor = redactorFor(['another-secret', secret]);
        for (const { encode } of ENCODINGS) {
          const encoded = encode(secret);
          const message = redactor.message(`It is «${encoded}».`);
          expect(message).toContain('[REDACTED]');
          const data = redactor.data({ a: [{ b: encoded }], [encoded]: `x${encoded}` });
          expect(leaks([message, data], secret)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes several secrets out, also if one is a part of another', () => {
    const redactor = redactorFor(['hunter2', 'hunter2-longer', '', 'correct horse']);
    expect(redactor.text('hunter2-longer, hunter2, correct+horse')).toBe('[REDACTED], [REDACTED], [REDACTED]');
  });

  it.each([1_001, 4_096, 20_000])('takes out a secret of %i characters, such as a private key', (length) => {
    const characters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789$é/+\n-_.! "'];
    const random = createHash('shake256', { outputLength: length }).update('a seed').digest();
    const secret = [...random].map((byte) => characters[byte % characters.length]).join('');
    for (const { name, encode } of ENCODINGS) {
      const clean = redactorFor([secret]).text(`«${encode(secret)}»`);
      expect([name, clean.replaceAll('[REDACTED]', '').length <= 16 * Math.ceil(length / 1_000)]).toEqual([name, true]);
    }
  });

  it('leaves an innocent text unchanged', () => {
    fc.assert(
      fc.property(secrets, fc.string({ unit: 'binary', maxLength: 200 }), (secret, text) => {
        // No character in common, in whatever encoding: those are made of ASCII.
        const innocent = [...text]
          .map((char) => String.fromCodePoint(0xe000 + ((char.codePointAt(0) ?? 0) % 4_000)))
          .join('');
        expect(redactorFor([secret]).text(innocent)).toBe(innocent);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'The service 1_aed1 was not found at https://api.example.com/v1/services?page=2.',
    '{"error":"Invalid id \\"7\\"","code":422,"price":"5 €"}',
    'QmFzZTY0IHRleHQgb2Ygbm9ib2R5 and deadbeefcafe',
    '100 % of 50%25 &amp; &lt;tags&gt; \\\\server\\share',
  ])('leaves %j unchanged', (text) => {
    expect(redactorFor(['a-token-of-the-account', 's3cret&%\\"']).text(text)).toBe(text);
  });

  it('keeps numbers, truth values and nothing, and the shape of the data', () => {
    const data = { a: 1, b: [true, null, 'x'], c: { d: 1.5, e: {} }, ['__proto__']: 'own' };
    expect(redactorFor(['a-secret']).data(data)).toEqual(data);
  });

  it.each([
    'password',
    'apiKey',
    'api_key',
    'access-token',
    'clientSecret',
    'rootpw_secret',
    'Set-Cookie',
    'authorization',
  ])('takes out what stands under the key %s, whoever it belongs to', (key) => {
    expect(redactorFor([]).data({ [key]: 'of somebody else' })).toEqual({ [key]: '[REDACTED]' });
  });

  it('takes a secret out that is a number in the data', () => {
    expect(redactorFor(['12345678']).data({ pin: 12345678, other: 1234567 })).toEqual({
      pin: '[REDACTED]',
      other: 1234567,
    });
  });

  it('makes one line of a message, without tags, of at most 512 characters', () => {
    const message = redactorFor([]).message(`<b>Not</b> found\r\n\u0000${'😀'.repeat(600)}`);
    expect(message).toMatch(/^Not found 😀+\uFFFD?…$/u);
    expect(message.length).toBeLessThanOrEqual(512);
    expect(message.isWellFormed()).toBe(true);
  });

  it('finds a secret that tags or line breaks had kept apart', () => {
    expect(redactorFor(['correct horse']).message('correct<br>horse, correct\nhorse')).toBe('[REDACTED], [REDACTED]');
  });

  // Each of these would not end within a lifetime if the pattern could split the text in many ways.
  const characters = ['\\', '%', '"', '&', '+', ' ', 'u', '0', '<', '€'];
  const hostile: readonly [string, string, string][] = [
    ...characters.map((char): [string, string, string] => [`many ${JSON.stringify(char)}`, char.repeat(63), char]),
    ['backslashes between characters', '\\x'.repeat(31), '\\\\\\\\x'],
    ['escaped quotes', '\\"'.repeat(31), '\\\\\\"'],
    ['percent signs before 25', '%25'.repeat(20), '%2525'],
    ['ampersands before amp;', '&amp;'.repeat(12), '&amp;amp;'],
    ['encoded backslashes', '\\'.repeat(63), '%5C'],
    ['encoded percent signs', '%'.repeat(63), '%25'],
    ['entities', '"'.repeat(63), '&quot;'],
    ['JSON escapes', '\n'.repeat(63), '\\\\n'],
    ['backslashes before another character', 'x', '\\'],
    ['percent signs before another character', 'x', '%255C'],
    ['the same as base64', 'aaaaaaaaa'.repeat(7), 'YWFh'],
  ];
  it.each(hostile)('comes to an end with %s', (_, repeated, unit) => {
    const text = unit.repeat(Math.floor((256 * 1024) / unit.length));
    const redactor = redactorFor([`${repeated}!`]);
    expect(redactor.text(text)).not.toContain(`${repeated}!`);
    expect(redactor.text(`${unit}«${repeated}!»`)).toContain('[REDACTED]»');
  });

  it('shows its secrets to no inspection', () => {
    const redactor = redactorFor(['a-hidden-secret']);
    redactor.text('a-hidden-secret');
    expect(inspect(redactor, { depth: Infinity, showHidden: true })).not.toContain('hidden');
    expect(JSON.stringify(redactor)).toBe('{}');
  });
});

describe('the whole service', () => {
  const some = <Value>(list: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...list);

  it('lets no secret out of a failure', async () => {
    await fc.assert(
      fc.asyncProperty(
        markedSecrets,
        some(ENCODINGS),
        some(['refused', 'duplicate', 'odd']),
        async (secret, { encode }, result) => {
          const echo = encode(secret);
          const answer = { result, code: echo, message: `wrong: ${echo}`, state: 'none', debug: [{ echo }] };
          const error = await failureOf(echoing(secret, () => json(answer)).cancel(REQUEST));
          expect(leaks(error, secret)).toEqual([]);
          expect(error.providerMessage).toContain('[REDACTED]');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets no secret out of a result', async () => {
    await fc.assert(
      fc.asyncProperty(markedSecrets, some(ENCODINGS), async (secret, { encode }) => {
        const echo = encode(secret);
        const variant: AcmeVariant = {
          *cancel(order, config) {
            yield toWrite(order, config);
            return {
              verdict: 'accepted',
              outcome: 'scheduled',
              effectiveAt: { value: echo, precision: 'date', source: 'provider' },
              providerReference: echo,
              warnings: [{ code: 'immediate_deferred', message: echo }],
            };
          },
        };
        const service = echoing(secret, () => json({ echo, [echo]: { deep: [echo] } }), variant);
        const result = await service.cancel(REQUEST);
        expect(result.outcome).toBe('scheduled');
        expect(leaks(result, secret)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['requested', 'scheduled'])('lets no secret out of a state that is read back (%s)', async (state) => {
    await fc.assert(
      fc.asyncProperty(markedSecrets, some(ENCODINGS), async (secret, { encode }) => {
        const echo = encode(secret);
        const service = echoing(secret, ({ method }) =>
          method === 'GET'
            ? json({ state, when: 'immediate', reason: echo, echo })
            : json({ result: 'duplicate', message: echo }),
        );
        const { account, service: wanted } = REQUEST;
        expect(leaks(await service.status({ account, service: wanted }), secret)).toEqual([]);
        const error = await failureOf(service.cancel(REQUEST));
        expect(error.code).toBe('timing_conflict');
        expect(leaks(error, secret)).toEqual([]);
        expect(leaks(await service.cancel({ ...REQUEST, when: 'immediate' }), secret)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('lets no secret out of a failed fetch', async () => {
    await fc.assert(
      fc.asyncProperty(markedSecrets, some(ENCODINGS), async (secret, { encode }) => {
        const echo = encode(secret);
        const cause = Object.assign(new Error(echo), { request: { headers: { authorization: echo } } });
        const service = echoing(secret, () => Promise.reject(Object.assign(new TypeError(echo, { cause }), { cause })));
        expect(leaks(await failureOf(service.cancel(REQUEST)), secret)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('shows no secret in any part of a preview', async () => {
    await fc.assert(
      fc.asyncProperty(markedSecrets, async (secret) => {
        const variant: AcmeVariant = {
          *cancel(order, { token }) {
            const basic = Buffer.from(`user:${token}`).toString('base64');
            yield {
              ...toWrite(order, { baseUrl: '', token: '' }),
              headers: { authorization: `Basic ${basic}`, 'x-key': encodeURIComponent(token) },
              query: { key: token },
              json: { key: token, nested: [{ key: token }] },
            };
            return { verdict: 'unrecognized' };
          },
        };
        const recording = recordingFetch();
        const account = acme({ baseUrl: 'https://api.example.com', token: secret }, variant);
        const preview = await createCancelService({ acme: account }, { fetch: recording.fetch }).preview(REQUEST);
        expect(leaks(preview, secret)).toEqual([]);
        expect(JSON.stringify(preview).match(/\[REDACTED\]/g)).toHaveLength(5);
        expect(recording.requests).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('holds the configuration where no inspection shows it', () => {
    const account = acme({ baseUrl: 'https://api.example.com', token: 'a-hidden-secret' });
    const service = createCancelService({ acme: account });
    for (const thing of [account, service, service.accounts]) {
      expect(inspect(thing, { depth: Infinity, showHidden: true, getters: true })).not.toContain('hidden');
      expect(String(JSON.stringify(thing))).not.toContain('hidden');
    }
  });

  function echoing(
    token: string,
    answer: Parameters<typeof recordingFetch>[0],
    variant: AcmeVariant = {},
  ): CancelService<{ readonly acme: AcmeAccount }> {
    // The token goes into no header: most of these secrets are none that HTTP could carry.
    const { cancel = acmeCancel } = variant;
    const account = acme(
      { baseUrl: 'https://api.example.com', token },
      {
        cancel: (order, config) => cancel(order, { ...config, token: 'header' }),
        status: (service, config) => acmeStatus(service, { ...config, token: 'header' }),
      },
    );
    return createCancelService({ acme: account }, { fetch: recordingFetch(answer).fetch });
  }
});

/** The encodings in which a secret stands in anything that can be got out of a value. */
function leaks(value: unknown, secret: string): string[] {
  const strings = [...everyString(value), JSON.stringify(value) ?? ''];
  if (value instanceof Error) strings.push(String(value), value.stack ?? '');
  const shown = inspect(value, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity });
  return ENCODINGS.flatMap(({ name, encode, core = encode }) => {
    const encoded = core(secret);
    return strings.some((text) => text.includes(encoded)) || shown.includes(encoded) ? [name] : [];
  });
}

function everyString(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  return Reflect.ownKeys(value).flatMap((key) => [String(key), ...everyString(Reflect.get(value, key), seen)]);
}
