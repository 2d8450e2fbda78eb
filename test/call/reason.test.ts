import { createCancelService, type ReasonCategory, type WarningCode } from 'cancelkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEUTRAL_REASON, composeReason } from '../../src/call/reason.ts';
import { REASON_LABELS } from '../../src/contract/reason.ts';
import { acme, REQUEST } from '../support/acme.ts';
import { recordingFetch } from '../support/fetch.ts';

const OPTIONAL = { field: 'optional' } as const;
const REQUIRED = { field: 'required' } as const;
const NONE = { field: 'no' } as const;
const codesOf = ({ warnings }: ReturnType<typeof composeReason>): WarningCode[] => warnings.map(({ code }) => code);
const CATEGORIES = Object.keys(REASON_LABELS).filter((name): name is ReasonCategory => name in REASON_LABELS);

describe('a reason', () => {
  it('has fourteen categories, each with an English label', () => {
    expect(CATEGORIES).toHaveLength(14);
    expect(new Set(Object.values(REASON_LABELS)).size).toBe(14);
  });

  it.each(CATEGORIES)('of the category %s is sent as its label, or as the text with it', async (category) => {
    const { fetch, requests } = recordingFetch();
    const service = createCancelService(
      { acme: acme({ baseUrl: 'https://api.example.com', token: 'a-token' }) },
      { fetch },
    );
    await service.cancel({ ...REQUEST, reason: { category } });
    await service.cancel({ ...REQUEST, reason: { category, text: 'In their own words' }, reference: 'order-1' });
    const sent = requests.map(({ body }): unknown => JSON.parse(body));
    expect(sent).toMatchObject([
      { reason: REASON_LABELS[category] },
      { reason: 'In their own words (reference: order-1)' },
    ]);
  });

  const cases: readonly [string, Parameters<typeof composeReason>, string | undefined, readonly WarningCode[]][] = [
    ['nothing, for an optional field', [undefined, undefined, OPTIONAL], undefined, []],
    ['nothing, for a required field', [undefined, undefined, REQUIRED], NEUTRAL_REASON, ['reason_defaulted']],
    ['nothing, for no field', [undefined, undefined, NONE], undefined, []],
    ['a reference alone, for an optional field', [undefined, 'order-1', OPTIONAL], 'Reference: order-1', []],
    ['a reference alone, for a required field', [undefined, 'order-1', REQUIRED], 'order-1', ['reason_defaulted']],
    ['a reference alone, for no field', [undefined, 'order-1', NONE], undefined, ['reference_not_sent']],
    ['both, for no field', ['Done', 'order-1', NONE], undefined, ['reason_not_sent', 'reference_not_sent']],
    ['a category, for no field', [{ category: 'other' }, undefined, NONE], undefined, ['reason_not_sent']],
    ['an empty text', ['', undefined, REQUIRED], NEUTRAL_REASON, ['reason_defaulted']],
    ['white space', [' \t\n ', undefined, OPTIONAL], undefined, []],
    ['an empty text with a category', [{ category: 'support', text: ' ' }, undefined, REQUIRED], 'Support', []],
    ['a code', [{ providerCode: '7' }, undefined, OPTIONAL], undefined, ['reason_code_not_sent']],
    ['a code that is sent', [{ providerCode: '7' }, undefined, { ...OPTIONAL, providerCode: true }], undefined, []],
    [
      'a code that is sent without a text',
      [{ providerCode: '7' }, undefined, { ...NONE, providerCode: true }],
      undefined,
      [],
    ],
    [
      'a code that is known not to be sent',
      [{ providerCode: '7' }, undefined, { ...OPTIONAL, providerCode: false }],
      undefined,
      ['reason_code_not_sent'],
    ],
    ['line breaks', ['a\r\nb\rc\td', undefined, OPTIONAL], 'a\nb\nc\td', []],
    ['control characters', ['a\u0000b\u001b[1mc\u0085d', undefined, OPTIONAL], 'a b [1mc d', []],
    ['half a character', ['a\uD83Db', undefined, OPTIONAL], 'a\uFFFDb', []],
    ['a text that just fits', ['x'.repeat(20), undefined, { ...OPTIONAL, maxLength: 20 }], 'x'.repeat(20), []],
    [
      'a text that does not fit',
      ['x'.repeat(21), undefined, { ...OPTIONAL, maxLength: 20 }],
      `${'x'.repeat(19)}…`,
      ['reason_truncated'],
    ],
    [
      'a text that fits without its reference',
      ['x'.repeat(20), 'r', { ...REQUIRED, maxLength: 20 }],
      'xxxx… (reference: r)',
      ['reason_truncated'],
    ],
    ['a reference that fits without its label', [undefined, 'order-1', { ...OPTIONAL, maxLength: 7 }], 'order-1', []],
    [
      'a reference that does not fit',
      [undefined, 'order-12', { ...OPTIONAL, maxLength: 7 }],
      undefined,
      ['reference_not_sent'],
    ],
    [
      'a reference that does not fit where a reason is required',
      [undefined, 'x'.repeat(41), { ...REQUIRED, maxLength: 40 }],
      NEUTRAL_REASON,
      ['reference_not_sent', 'reason_defaulted'],
    ],
    [
      'a text with a reference that does not fit',
      ['Done', 'x'.repeat(41), { ...REQUIRED, maxLength: 40 }],
      'Done',
      ['reference_not_sent'],
    ],
  ];
  it.each(cases)('of %s', (_, [reason, reference, field], text, warnings) => {
    const composed = composeReason(reason, reference, field);
    expect([composed.text, codesOf(composed)]).toEqual([text, warnings]);
  });

  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .array(fc.constantFrom('😀', '👩‍💻', 'é', 'x', ' ', '\uD83D', '\uDE00', '\n', '…'), { maxLength: 60 })
      .map((parts) => parts.join('')),
  );
  const reasons = fc.oneof(
    fc.constant(undefined),
    texts,
    fc.record(
      { category: fc.constantFrom(...CATEGORIES), text: texts, providerCode: fc.string() },
      { requiredKeys: [] },
    ),
  );
  const references = fc.option(fc.stringMatching(/^[\x20-\x7e]{1,128}$/), { nil: undefined });
  const fields = fc.record(
    { field: fc.constantFrom('no', 'optional', 'required'), maxLength: fc.integer({ min: 1, max: 200 }) },
    { requiredKeys: ['field'] },
  );

  it('never exceeds the field, never holds half a character, and holds the reference whole or says that it does not', () => {
    fc.assert(
      fc.property(reasons, references, fields, (reason, reference, field) => {
        const composed = composeReason(reason, reference, field);
        const { text } = composed;
        const codes = codesOf(composed);
        expect(text === undefined || text.length <= (field.maxLength ?? Infinity)).toBe(true);
        expect(text?.isWellFormed() ?? true).toBe(true);
        expect(text).not.toBe('');
        if (field.field === 'no') expect(text).toBeUndefined();
        if (field.field === 'required') expect(text).toBeDefined();
        if (reference !== undefined && text?.includes(reference) !== true)
          expect(codes).toContain('reference_not_sent');
        if (reference === undefined || field.field !== 'no')
          expect(codes.includes('reference_not_sent') && (text ?? '').endsWith(`(reference: ${reference})`)).toBe(
            false,
          );
        expect(new Set(codes).size).toBe(codes.length);
      }),
      { numRuns: 3_000 },
    );
  });

  it('that is lost, cut or made up is always reported', () => {
    fc.assert(
      fc.property(texts, fields, (given, field) => {
        const composed = composeReason(given, undefined, field);
        const full = composeReason(given, undefined, OPTIONAL).text;
        const told = codesOf(composed).length > 0;
        expect(told).toBe(composed.text !== full);
      }),
      { numRuns: 1_000 },
    );
  });
});
