import assert from 'node:assert/strict';
import { TIMINGS } from '../contract/vocabulary.ts';
import type { ProviderError } from '../index.ts';
import type { Check } from './check.ts';
import type { ConformanceSubject } from './subject.ts';
import { ACCOUNT, orderOf, settle, successAnswers, withTrial } from './trial.ts';

const MARKER = 'received-value-3f9a';

/** Whether input that is not valid is refused before anything is sent, without being repeated. */
export function inputChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    {
      name: 'refuses what is no service reference, without sending anything',
      run: async () => {
        const wrong = [null, undefined, [], {}, MARKER, '', 4_200_042, true, () => MARKER, [subject.service]];
        await refusesServices(subject, [...wrong, { [MARKER]: MARKER }, ...subject.invalidServices]);
      },
    },
    {
      name: 'refuses a service reference with a key that it does not know',
      run: () =>
        refusesServices(
          subject,
          formsOf(subject).map((form) => ({ ...recordOf(form), surprise: MARKER })),
        ),
    },
    {
      name: 'refuses a service reference with a value of the wrong type',
      run: () => refusesServices(subject, formsOf(subject).flatMap(withWrongTypes)),
    },
    {
      name: 'refuses an order without a valid timing',
      run: async () => {
        const wrong = [undefined, null, '', MARKER, 'toString', 4_200_042, ['immediate'], {}];
        await refusesOrders(
          subject,
          wrong.map((when) => orderOf(subject, { when })),
        );
        await refusesOrders(subject, [{ account: ACCOUNT, service: subject.service }]);
      },
    },
    {
      name: 'refuses an order that is none, or that has unknown keys or invalid parts',
      run: () =>
        refusesOrders(subject, [
          null,
          undefined,
          [],
          MARKER,
          4_200_042,
          () => MARKER,
          {},
          [orderOf(subject)],
          orderOf(subject, { surprise: MARKER }),
          orderOf(subject, { account: null }),
          orderOf(subject, { reason: 4_200_042 }),
          orderOf(subject, { reason: { category: MARKER } }),
          orderOf(subject, { reference: '' }),
          orderOf(subject, { reference: `${MARKER}\n` }),
        ]),
    },
    ...(subject.provider.capabilities.readBack
      ? [
          {
            name: 'refuses a providerReference that cannot be one',
            run: () => refusesReadBacks(subject),
          },
        ]
      : []),
  ];
}

async function refusesReadBacks(subject: ConformanceSubject): Promise<void> {
  const wrong = [null, '', 4_200_042, {}, [MARKER], `${MARKER}\n`, `${MARKER} ${MARKER}`, MARKER.repeat(20)];
  const reads = wrong.map((providerReference) => ({ account: ACCOUNT, service: subject.service, providerReference }));
  await refuses(subject, 'status', [...reads, null, [], { account: ACCOUNT }]);
}

async function refusesServices(subject: ConformanceSubject, services: readonly unknown[]): Promise<void> {
  await refusesOrders(
    subject,
    services.map((service) => orderOf(subject, { service })),
  );
  const { readBack, revoke } = subject.provider.capabilities;
  const requests = services.map((service) => ({ account: ACCOUNT, service }));
  if (readBack) await refuses(subject, 'status', requests);
  if (revoke) await refuses(subject, 'revoke', requests);
}

async function refuses(
  subject: ConformanceSubject,
  operation: 'status' | 'revoke',
  requests: readonly unknown[],
): Promise<void> {
  await withTrial(subject, [], async ({ server, service }) => {
    for (const [index, request] of requests.entries()) {
      const settled = await settle<object>(service[operation](request));
      assert.ok(!settled.ok, `${operation}: case ${index} was accepted`);
      assertRefusal(settled.error, request, `${operation}: case ${index}`);
    }
    assert.equal(server.requests.length, 0, 'something was sent');
  });
}

async function refusesOrders(subject: ConformanceSubject, orders: readonly unknown[]): Promise<void> {
  await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
    for (const [index, order] of orders.entries()) {
      for (const call of [() => service.preview(order), () => service.cancel(order)]) {
        const settled = await settle<object>(call());
        assert.ok(!settled.ok, `case ${index} was accepted`);
        assertRefusal(settled.error, order, `case ${index}`);
      }
    }
    assert.equal(server.requests.length, 0, 'something was sent');
  });
}

function assertRefusal(error: ProviderError, input: unknown, what: string): void {
  assert.equal(error.code, 'invalid_request', what);
  assert.ok((error.issues ?? []).length > 0, `${what}: no issues`);
  for (const { path, expected } of error.issues ?? []) {
    assert.ok(path !== '' && expected !== '', `${what}: an issue is empty`);
    assert.doesNotMatch(expected, /\breceived\b|\bundefined\b|\[object/i, `${what}: an issue says what was received`);
    for (const text of longTexts(input)) {
      assert.ok(!`${expected} ${error.message}`.includes(text), `${what}: an issue repeats the input`);
    }
  }
}

/** The texts and numbers of an input that cannot stand in a message by chance. */
function longTexts(input: unknown): readonly string[] {
  const values: unknown[] = typeof input === 'object' && input !== null ? Object.values(input) : [input];
  return values.flatMap((value) => {
    if (typeof value === 'object' && value !== null) return longTexts(value);
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return text.length < 6 || text === ACCOUNT || TIMINGS.some((timing) => timing === text) ? [] : [text];
  });
}

function withWrongTypes(form: unknown): readonly unknown[] {
  const wrong = [null, {}, [], true, Number.NaN, Symbol('wrong'), () => MARKER, [MARKER], { [MARKER]: MARKER }];
  return Object.entries(recordOf(form)).flatMap(([key, value]) =>
    wrong
      .filter((other) => typeof other !== typeof value || Number.isNaN(other))
      .map((other) => ({ ...recordOf(form), [key]: other })),
  );
}

function formsOf(subject: ConformanceSubject): readonly unknown[] {
  return [subject.service, ...(subject.otherServices ?? [])];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
