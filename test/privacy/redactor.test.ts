import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactorFor } from '../../src/privacy/redactor-for.ts';
import { REDACTED } from '../../src/privacy/redactor.ts';

describe('the secrets of a Redactor', () => {
  it('are all taken out, also if one is a part of another', () => {
    const redactor = redactorFor(['hunter2', 'hunter2-longer', '', 'hunter2', 'correct horse']);
    expect(redactor.text('hunter2-longer, hunter2, correct+horse')).toBe('[REDACTED], [REDACTED], [REDACTED]');
  });

  it('are taken out wherever they stand, however often', () => {
    const redactor = redactorFor(['hunter2']);
    expect(redactor.text('hunter2xhunter2hunter2')).toBe('[REDACTED]x[REDACTED][REDACTED]');
    expect(redactor.text('hunter2xhunter2hunter2')).toBe('[REDACTED]x[REDACTED][REDACTED]');
  });

  it('are those of one Redactor, not of another', () => {
    expect(redactorFor(['hunter2']).text('hunter2 and hunter3')).toBe('[REDACTED] and hunter3');
    expect(redactorFor(['hunter3']).text('hunter2 and hunter3')).toBe('hunter2 and [REDACTED]');
    expect(redactorFor(['hunter3', 'hunter2']).text('hunter2 and hunter3')).toBe('[REDACTED] and [REDACTED]');
  });

  it.each([
    ['a colour', 'hun\u001B[31mter2'],
    ['a title', 'hun\u001B]0;x\u0007ter2'],
    ['a character that takes no room', 'hun\u200Bter2'],
    ['a soft hyphen', 'hun\u00ADter2'],
    ['NUL', 'hun\u0000ter2'],
  ])('are found if %s parts them', (_, parted) => {
    const redactor = redactorFor(['hunter2']);
    expect(redactor.text(`It is ${parted}!`)).toBe('It is [REDACTED]!');
    expect(redactor.data({ reason: parted })).toEqual({ reason: '[REDACTED]' });
    expect(redactor.message(`It is ${parted}!`)).toBe('It is [REDACTED]!');
    expect(redactor.text('another \u001B[31mtext')).toBe('another \u001B[31mtext');
  });

  it('are found if tags part them', () => {
    expect(redactorFor(['hunter2']).message('It <b>is</b> hun<b></b>ter2!')).toBe('It is [REDACTED]!');
    const both = redactorFor(['hunter2', 'a<b>c']).message('hun<b></b>ter2 and a<b>c, a&lt;b>c');
    expect(both).toBe('[REDACTED] and [REDACTED], [REDACTED]');
  });

  it('that are a hash are found in either case', () => {
    const redactor = redactorFor(['5f4dcc3b5aa765d61d8327deb882cf99']);
    expect(redactor.text('5F4DCC3B5AA765D61D8327DEB882CF99')).toBe('[REDACTED]');
    expect(redactor.text('5F4dcc3B5aa765d61d8327deb882cf99')).toBe('[REDACTED]');
  });

  it.each([
    ['facade!', 'FACADE!'],
    ['x-deadbeef', 'x-DEADBEEF'],
    ['deadbeef-x', 'DEADBEEF-x'],
    ['deadbeefa', 'DEADBEEFA'],
    ['facade', 'FACADE'],
  ])('are found in any case: %s', (secret, other) => {
    expect(redactorFor([secret]).text(`${secret} ${other}`)).toBe('[REDACTED] [REDACTED]');
  });

  it.each([
    ['of 12 characters from 8 on', 'Abcd1234Efgh', 8],
    ['of 32 characters from 16 on', 'Abcd1234Efgh5678Ijkl9012Mnop3456', 16],
    ['of 64 characters from 16 on', 'Abcd1234'.repeat(8), 16],
  ])('are found if only their beginning is repeated, %s', (_, secret, needed) => {
    const redactor = redactorFor([secret]);
    for (let length = needed; length <= secret.length; length += 1) {
      const part = secret.slice(0, length);
      expect(redactor.text(`key ${part}… and ${part.toUpperCase()}****`)).toBe('key [REDACTED]… and [REDACTED]****');
      expect(redactor.data({ echo: part })).toEqual({ echo: '[REDACTED]' });
    }
    const less = `key ${secret.slice(0, needed - 1)}…`;
    expect(redactor.text(less)).toBe(less);
  });

  it.each([
    ['of 12 characters from 8 on', 'Abcd1234Efgh', 8],
    ['of 32 characters from 16 on', 'Abcd1234Efgh5678Ijkl9012Mnop3456', 16],
    ['of 64 characters from 16 on', 'Abcd123!'.repeat(8), 16],
  ])('are found where only their end is repeated, %s', (_, secret, needed) => {
    const redactor = redactorFor([secret]);
    for (let length = needed; length <= secret.length; length += 1) {
      const part = secret.slice(-length);
      expect(redactor.text(`key …${part} and ****${part.toUpperCase()}`)).toBe('key …[REDACTED] and ****[REDACTED]');
      expect(redactor.data({ echo: part })).toEqual({ echo: '[REDACTED]' });
    }
    const less = `key …${secret.slice(1 - needed)}`;
    expect(redactor.text(less)).toBe(less);
  });

  it('are found once where a beginning and an end of them overlap', () => {
    const redactor = redactorFor(['abcdefghijkl']);
    expect(redactor.text('x abcdefghefghijkl y abcdefgh efghijkl')).toBe('x [REDACTED] y [REDACTED] [REDACTED]');
  });

  it.each(['NFC', 'NFD', 'NFKC', 'NFKD'] as const)('are found in the normal form %s of Unicode', (form) => {
    for (const own of ['NFC', 'NFD'] as const) {
      const secret = 'Schlüssel für ﬁve'.normalize(own);
      expect(redactorFor([secret]).text(`Wrong: ${secret.normalize(form)}.`)).toBe('Wrong: [REDACTED].');
    }
  });

  it.each(['hunter2-and-more\n', '\uFEFFhunter2-and-more', ' hunter2-and-more\t', '\u200Bhunter2-and-more\r\n'])(
    'are found without what is around them: %j',
    (secret) => {
      expect(redactorFor([secret]).text('Wrong: hunter2-and-more.')).toBe('Wrong: [REDACTED].');
    },
  );

  it.each(['a', 'e', 'ti', 'it', 'can'])('of so few letters as %j take no letters out of words', (secret) => {
    const redactor = redactorFor([secret]);
    const words = 'The connection cannot be made: fetch failed at provider.example.com.';
    expect(redactor.text(words)).toBe(words);
    for (const text of [`“X”`, `pw=X&x`, `{"pw":"X"}`, `%22X%22`, `X`, `a\\nX`, `\\u0022X\\u0022`])
      expect(redactor.text(text.replaceAll('X', secret))).toBe(
        text
          .replaceAll('X', '[REDACTED]')
          .replace('a\\n', text.startsWith('a\\n') && secret === 'a' ? '[REDACTED]\\n' : 'a\\n'),
      );
  });

  it.each([[[]], [['']]])('can be none (%j): then a text stays unchanged', (secrets) => {
    expect(redactorFor(secrets).text('all of it')).toBe('all of it');
  });

  it.each([
    [999, 1],
    [1_000, 1],
    [1_001, 2],
    [2_500, 3],
  ])('may be long: one of %i characters is taken out in %i parts', (length, parts) => {
    // With a bracket, so that it is no token.
    const secret = `${longSecret(length - 1)}]`;
    const redactor = redactorFor([secret]);
    expect(redactor.text(`«${secret}»`)).toBe(`«${REDACTED.repeat(parts)}»`);
    expect(redactor.text(`«${encodeURIComponent(secret)}»`)).toBe(`«${REDACTED.repeat(parts)}»`);
    // Each part is long enough to be found in no innocent text.
    const innocent = 'the quick brown fox jumps over 0123456789';
    expect(redactor.text(innocent)).toBe(innocent);
  });

  it('that are long tokens are taken out in any encoding, and the text beside them is not', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~+/-]{48,300}$/);
    const encodings: readonly ((text: string) => string)[] = [
      (text) => text,
      encodeURIComponent,
      (text) => encodeURIComponent(encodeURIComponent(text)),
      (text) => [...text].map((char) => `&#${char.charCodeAt(0)};`).join(''),
      (text) => [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      (text) => text.replaceAll('/', '\\/'),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('hex'),
      (text) => text.toUpperCase(),
    ];
    fc.assert(
      fc.property(token, fc.constantFrom(...encodings), (text, encode) => {
        const redactor = redactorFor([text]);
        const left = redactor.text(`a=1&t=${encode(text)}&id=5 {"${encode(text)}","b"}`);
        // The backslash of an escape before the token stays.
        expect(left.replaceAll('\\[', '[')).toBe(`a=1&t=${REDACTED}&id=5 {"${REDACTED}","b"}`);
      }),
      { numRuns: 60 },
    );
  });

  it('that are long are cut between characters, never within one', () => {
    const secret = '😀é'.repeat(501);
    expect(redactorFor([secret]).text(`«${secret}»`)).toBe(`«${REDACTED.repeat(2)}»`);
  });

  it('are shown by no inspection', () => {
    const redactor = redactorFor(['a-hidden-secret']);
    redactor.text('a-hidden-secret');
    expect(inspect(redactor, { depth: Infinity, showHidden: true })).not.toContain('hidden');
    expect(JSON.stringify(redactor)).toBe('{}');
  });
});

describe('a text without a secret', () => {
  it.each([
    'The service 1_aed1 was not found at https://api.example.com/v1/services?page=2.',
    '{"error":"Invalid id \\"7\\"","code":422,"price":"5 €"}',
    'QmFzZTY0IHRleHQgb2Ygbm9ib2R5 and deadbeefcafe',
    '100 % of 50%25 &amp; &lt;tags&gt; \\\\server\\share',
  ])('(%j) stays unchanged', (text) => {
    expect(redactorFor(['a-token-of-the-account', 's3cret&%\\"']).text(text)).toBe(text);
  });
});

describe('a message of a provider', () => {
  it.each([
    ['is one line', 'Not\r\nfound\u0000 \u2028here\u2029.\u0085', 'Not found here .'],
    ['has no space around it', ' \n Not found. \t', 'Not found.'],
    ['has no tags', '<b>Not</b> <a href="x">found</a><br/>.', 'Not found .'],
    ['keeps a sign that is no tag', 'a < b, a <b', 'a < b, a <b'],
    ['has no tag of 200 characters', `a<${'x'.repeat(200)}>b`, 'a b'],
    ['keeps what is too long for a tag', `a<${'x'.repeat(201)}>b`, `a<${'x'.repeat(201)}>b`],
    ['is well formed', 'half \uD83D', 'half \uFFFD'],
    ['has no secret', 'It is hunter2!', 'It is [REDACTED]!'],
    ['has no secret with a tag in it', 'It is <i>hunter3!', 'It is [REDACTED]!'],
    ['has no secret that tags kept apart', 'It is correct<br>horse!', 'It is [REDACTED]!'],
    ['has no secret that line breaks kept apart', 'It is correct\r\nhorse!', 'It is [REDACTED]!'],
    ['is left whole up to 512 characters', 'x'.repeat(512), 'x'.repeat(512)],
    ['is cut beyond that', 'x'.repeat(513), `${'x'.repeat(511)}…`],
    ['is cut well formed', `x${'😀'.repeat(300)}`, `x${'😀'.repeat(255)}…`],
    ['is cut well formed within a character', '😀'.repeat(300), `${'😀'.repeat(255)}\uFFFD…`],
  ])('%s', (_, text, expected) => {
    expect(redactorFor(['hunter2', '<i>hunter3', 'correct horse']).message(text)).toBe(expected);
  });
});

describe('data', () => {
  it('keeps numbers, truth values and nothing, and its shape', () => {
    const data = { a: 1, b: [true, null, 'x', 5n], c: { d: 1.5, e: {} }, f: undefined, ['__proto__']: 'own' };
    const clean = redactorFor(['a-secret']).data(data);
    expect(clean).toEqual(data);
    expect(clean).not.toBe(data);
  });

  it.each([
    ['a text', 'x hunter2', 'x [REDACTED]'],
    ['a list', [['hunter2'], 'x'], [['[REDACTED]'], 'x']],
    ['a value', { a: { b: 'hunter2' } }, { a: { b: '[REDACTED]' } }],
    ['a key', { 'x hunter2': 'y' }, { 'x [REDACTED]': 'y' }],
    ['a number', { pin: 12345678, other: 1234567 }, { pin: '[REDACTED]', other: 1234567 }],
    ['a part of a number', [9123456780], ['[REDACTED]']],
    ['a large integer', [12345678n, 1234567n], ['[REDACTED]', 1234567n]],
  ])('has no secret in %s', (_, data, expected) => {
    expect(redactorFor(['hunter2', '12345678']).data(data)).toEqual(expected);
  });

  it.each([
    'pass',
    'password',
    'db_passwd',
    'passphrase',
    'PASSWORD',
    'pw',
    'pwd',
    'clientSecret',
    'rootpw_secret',
    'secrets',
    'access_token',
    'tokenType',
    'apikey',
    'apiKey',
    'api_key',
    'x-api-key',
    'accesskey',
    'access_key',
    'access-key',
    'privatekey',
    'private_key',
    'private-key',
    'credentials',
    'authorization',
    'Set-Cookie',
  ])('has nothing under the key %s, whoever it belongs to', (key) => {
    const redactor = redactorFor([]);
    expect(redactor.data({ [key]: 'of somebody else' })).toEqual({ [key]: '[REDACTED]' });
    expect(redactor.data([{ [key]: { a: 1 } }])).toEqual([{ [key]: '[REDACTED]' }]);
    // Its absence is no secret.
    expect(redactor.data({ a: { [key]: '' }, b: { [key]: null } })).toEqual({ a: { [key]: '' }, b: { [key]: null } });
  });

  it.each(['passenger', 'passwordless', 'pwx', 'xpw', 'pwdx', 'xpwd', 'api', 'key', 'access', 'keyapi', 'author'])(
    'keeps what is under the key %s',
    (key) => {
      expect(redactorFor([]).data({ [key]: 'x' })).toEqual({ [key]: 'x' });
    },
  );

  it.each([
    ['lists', (inner: unknown): unknown => [inner]],
    ['objects', (inner: unknown): unknown => ({ a: inner })],
  ])('goes 24 %s deep, and no further', (_, wrap) => {
    const nested = (depth: number, innermost: unknown): unknown =>
      Array.from({ length: depth }).reduce((inner) => wrap(inner), innermost);
    const redactor = redactorFor(['hunter2']);
    expect(redactor.data(nested(24, 'hunter2'))).toEqual(nested(24, REDACTED));
    expect(redactor.data(nested(24, {}))).toEqual(nested(24, '[TOO DEEP]'));
    expect(redactor.data(nested(23, {}))).toEqual(nested(23, {}));
    expect(redactor.data(nested(200, 'hunter2'))).toEqual(nested(24, '[TOO DEEP]'));
  });
});

/** Of signs that stand in no order: a part of it is nowhere else in it. */
function longSecret(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 'QXZJKV+/'[state % 8];
  }).join('');
}

describe('the words of a panel that escapes for HTML', () => {
  it.each([
    ['a text', 'Tom &amp; Ann&#039;s shop', "Tom & Ann's shop"],
    ['a secret unchanged', 'is a&lt;b+secret&amp;1 wrong?', 'is [REDACTED] wrong?'],
    ['a secret that is escaped', 'is a&amp;lt;b+secret&amp;amp;1 wrong?', 'is [REDACTED] wrong?'],
    ['a secret beside half an entity', '&lt;gt;x-secret-2 &#3gt;x-secret-2', '<[REDACTED] &#3[REDACTED]'],
    ['a secret that only the decoding completes', 'a&#38;lt;b+secret&#38;amp;1', '[REDACTED]'],
  ])('are decoded, and hold no secret: %s', (_name, text, expected) => {
    const redactor = redactorFor(['a&lt;b+secret&amp;1', 'gt;x-secret-2'], true);
    expect(redactor.words(text)).toBe(expected);
    expect(redactor.message(text)).not.toContain('secret');
  });

  it('stay as they are where the panel is not known to escape', () => {
    expect(redactorFor(['x-secret']).words('Tom &amp; Ann')).toBe('Tom &amp; Ann');
  });
});
