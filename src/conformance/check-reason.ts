import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { fieldsOf, placesOf } from './request-fields.ts';
import type { ConformanceSubject } from './subject.ts';
import { describeSettled, detailsSentFor, orderOf, settle, successAnswers, withTrial } from './trial.ts';

const MARKER = 'Reason-Marker-Q7x';
const CODE = 'reason-code-Q7x';

/** Whether the reason is sent as the capabilities say. */
export function reasonChecks(subject: ConformanceSubject): readonly Check[] {
  if (subject.takesNoReason === true) return [withoutField(subject)];
  const withConfirm: Check = {
    name: 'sends no reason with the cancellation, if the confirmation carries it',
    run: () => sendsNoReason(subject),
  };
  const isLater = subject.provider.capabilities.detailsWith === 'confirm';
  return [...textChecks(subject), codeCheck(subject), ...(isLater ? [withConfirm] : [])];
}

function withoutField(subject: ConformanceSubject): Check {
  return {
    name: 'has no field for a reason with this service, sends none, and says so',
    run: async () => {
      await sendsNoReason(subject);
      const reason = { text: MARKER, providerCode: CODE };
      const order = orderOf(subject, { reason, reference: MARKER });
      await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
        const settled = await settle(service.cancel(order));
        assert.ok(settled.ok, describeSettled(settled));
        for (const request of server.requests) {
          for (const text of [MARKER, CODE]) assert.deepEqual(placesOf(request, text), [], 'the reason was sent');
        }
        const warned = settled.value.warnings.map(({ code }) => code);
        for (const code of ['reason_not_sent', 'reason_code_not_sent', 'reference_not_sent'] as const) {
          assert.ok(warned.includes(code), `the warning ${code} is missing`);
        }
      });
    },
  };
}

function codeCheck(subject: ConformanceSubject): Check {
  const { providerCode = false, codes } = subject.provider.capabilities.reason;
  const listed = typeof codes === 'object' ? codes : undefined;
  const code = listed?.[0]?.code ?? CODE;
  return {
    name: 'sends the reason code that was given exactly if it says so',
    run: async () => {
      const order = { reason: { text: 'Project ended', providerCode: code } };
      const places = placesOf(await detailsSentFor(subject, order), code);
      assert.equal(places.length > 0, codes !== undefined || providerCode, 'the code in the request');
      for (const { code: named, categories = [] } of listed ?? []) {
        for (const category of categories) {
          if (listed?.find((one) => one.categories?.includes(category))?.code !== named) continue;
          const request = await detailsSentFor(subject, { reason: { category, providerCode: undefined } });
          assert.ok(placesOf(request, named).length > 0, `the code of the category ${category} is not in the request`);
        }
      }
    },
  };
}

function textChecks(subject: ConformanceSubject): readonly Check[] {
  const { field, maxLength } = subject.provider.capabilities.reason;
  if (field === 'no') return [{ name: 'has no field for a reason, and sends none', run: () => sendsNoReason(subject) }];
  return [
    {
      name: 'sends the reason that was given',
      run: async () => void (await placeOfReason(subject)),
    },
    ...(field === 'required'
      ? [{ name: 'sends a reason also if none was given', run: () => sendsSomeReason(subject) }]
      : [{ name: 'can be called without a reason', run: async () => void (await detailsSentFor(subject)) }]),
    ...(maxLength === undefined
      ? []
      : [
          {
            name: `sends no reason longer than ${maxLength} characters`,
            run: () => keepsToLength(subject, maxLength),
          },
        ]),
  ];
}

async function sendsNoReason(subject: ConformanceSubject): Promise<void> {
  await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
    const order = orderOf(subject, { reason: MARKER });
    const preview = await service.preview(order);
    assert.ok(!JSON.stringify(preview).includes(MARKER), 'the reason is in the preview');
    await settle(service.cancel(order));
    for (const request of server.requests) assert.deepEqual(placesOf(request, MARKER), [], 'the reason was sent');
  });
}

async function placeOfReason(subject: ConformanceSubject): Promise<string> {
  const [place] = placesOf(await detailsSentFor(subject, { reason: MARKER }), MARKER);
  assert.ok(place !== undefined, 'the reason is nowhere in the request');
  return place;
}

async function sendsSomeReason(subject: ConformanceSubject): Promise<void> {
  const place = await placeOfReason(subject);
  for (const parts of [{}, { reference: 'order-1234' }, { reason: '  ' }]) {
    const text = fieldsOf(await detailsSentFor(subject, parts)).get(place);
    assert.ok(text !== undefined && text.trim() !== '', `${place} is empty`);
  }
}

async function keepsToLength(subject: ConformanceSubject, maxLength: number): Promise<void> {
  const place = await placeOfReason(subject);
  const long = `${MARKER}${'🙂'.repeat(maxLength)}`;
  const reference = 'r'.repeat(128);
  for (const parts of [{ reason: long }, { reason: `.${long}` }, { reason: long, reference }, { reference }]) {
    const text = fieldsOf(await detailsSentFor(subject, parts)).get(place) ?? '';
    assert.ok(text.length <= maxLength, `${place} holds ${text.length} characters`);
    assert.ok(!text.includes('\uFFFD') && text.isWellFormed(), `${place} is cut within a character`);
  }
}
