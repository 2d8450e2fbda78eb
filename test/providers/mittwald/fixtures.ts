import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { mittwaldProvider, type MittwaldConfig, type MittwaldService, type MittwaldTiming } from 'cancelkit/mittwald';
import type { EffectiveAt, JsonValue } from 'cancelkit/provider';

const TERMINATE = 'mittwald API description, POST …/termination';
const READ = 'mittwald API description, GET of a contract and of an item';
const UNDO = 'mittwald API description, DELETE …/termination';
const ERRORS = 'mittwald API description, the errors of these calls';

/** An API token with every kind of character that one may have. */
export const token = 'mw_aB+c/D=e.f~g%41';

export const contractId = 'b7d0c9b2-1f53-4a68-9a55-0f3f6d1c2e10';
export const contractNumber = 'V4711001';
const baseItemId = '5e0d7a4c-93b1-4f0e-8a9d-2c7b6e5f4d30';
export const contractItemId = 'c1a2b3d4-e5f6-4789-8abc-def012345678';

/** When the contract and its items can end at first. */
export const next = '2097-03-31T21:59:59.000Z';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

function item(itemId: string, fields: Fields): Fields {
  const totalPrice = { value: 1990, currency: 'EUR' };
  const known = { itemId, isBaseItem: itemId === baseItemId, isActivated: true, contractPeriod: 1, articles: [] };
  return { ...known, description: 'Space server', totalPrice, nextPossibleTerminationDate: next, ...fields };
}

/** The stored termination of a contract or an item, as the API's description has it. */
export function termination(fields: Fields = {}): Fields {
  const scheduledAtDate = '2096-11-02T09:14:33.210Z';
  return { targetDate: next, scheduledAtDate, scheduledByUserId: 'u-7', reason: 'Project ended', ...fields };
}

/** The response of `GET /v2/contracts/{contractId}`. */
export function shownContract(fields: Fields = {}, baseItem: Fields = {}): ConformanceAnswer {
  const known = { contractId, contractNumber, customerId: 'c-1', baseItem: item(baseItemId, baseItem) };
  return { status: 200, body: { ...known, additionalItems: [item(contractItemId, {})], ...fields } };
}

/** The response of `GET /v2/contracts/{contractId}/items/{contractItemId}`. */
export function shownItem(fields: Fields = {}): ConformanceAnswer {
  return { status: 200, body: item(contractItemId, fields) };
}

/** The response of `POST /v2/contracts/{contractId}/termination`. */
export function accepted(fields: Fields = {}): ConformanceAnswer {
  const body = { contractId, itemsScheduledForTermination: [baseItemId, contractItemId], reason: 'Project ended' };
  return { status: 201, body: { ...body, terminationTargetDate: next, ...fields } };
}

/** The response of `POST …/items/{contractItemId}/termination`. */
export function acceptedItem(fields: Fields = {}): ConformanceAnswer {
  return { status: 201, body: { contractId, contractItemId, terminationTargetDate: next, ...fields } };
}

/** The response of `DELETE …/termination`. */
export function undone(isCancelled: boolean): ConformanceAnswer {
  return { status: 200, body: { contractId, isCancelled } };
}

/** An error in the API's form. */
export function errorAnswer(status: number, type: string, message: string, fields: Fields = {}): ConformanceAnswer {
  return { status, body: { type, message, ...fields } };
}

const cancelled: Fields = { termination: termination() };
const scheduledAt: EffectiveAt = { value: next, precision: 'instant', source: 'provider' };
const rateLimited = errorAnswer(429, 'RateLimitError', 'too many requests');
const notFound = errorAnswer(404, 'NotFoundError', 'not found');
const serverError = errorAnswer(500, 'InternalServerError', 'Something went wrong');
const invalid = errorAnswer(400, 'ValidationError', 'Validation failed', {
  validationErrors: [{ message: 'should be string', path: '.reason', type: 'type' }],
});

/** The conformance suite's subject: a contract, or an item. */
export function subjectOf(
  kind: 'contract' | 'item',
): ConformanceSubject<MittwaldConfig, MittwaldService, MittwaldTiming> {
  const isContract = kind === 'contract';
  const shown = (fields: Fields): ConformanceAnswer => (isContract ? shownContract(fields) : shownItem(fields));
  const success = isContract ? accepted() : acceptedItem();
  const warnings = isContract ? (['side_effect'] as const) : [];
  const expected = { outcome: 'scheduled', effectiveAt: scheduledAt, warnings } as const;
  const none = { nextPossibleTerminationDate: undefined };
  return {
    provider: mittwaldProvider,
    config: (baseUrl) => ({ baseUrl, token }),
    secrets: [token],
    service: isContract ? { contractId } : { contractId, contractItemId },
    ...(isContract ? { otherServices: [{ contractId: contractNumber }] } : {}),
    invalidServices: [{}, { contractId: '1' }, { contractItemId }, { contractId, contractItemId: '1' }],
    // Without a next possible date, so that every date is asked for.
    beforeCancel: [isContract ? shownContract({}, none) : shownItem(none)],
    dateOnWire: (day) => `${day}T00:00:00.000Z`,
    fixtures: [
      { name: 'a 201 with a date', source: TERMINATE, kind: 'success', answers: [success], expected },
      {
        name: 'one for a date',
        source: TERMINATE,
        kind: 'success',
        when: { on: '2097-03-31' },
        answers: [success],
        expected,
      },
      {
        name: 'a termination that is stored already',
        source: READ,
        kind: 'other',
        before: [],
        answers: [shown(cancelled), shown(cancelled)],
        expected: { outcome: 'already_cancelled', existing: { state: 'scheduled', effectiveAt: scheduledAt } },
      },
      {
        name: 'a date before the next possible one',
        source: READ,
        kind: 'other',
        when: { on: '2097-03-30' },
        before: [],
        answers: [shown({})],
        expected: { code: 'date_too_early', earliest: scheduledAt },
      },
      { name: 'a 404', source: ERRORS, kind: 'not_found', answers: [notFound], expected: { code: 'not_found' } },
      {
        name: 'a 401',
        source: ERRORS,
        kind: 'unauthorized',
        answers: [errorAnswer(401, 'Unauthorized', 'No.')],
        expected: { code: 'unauthorized' },
      },
      {
        name: 'a 429',
        source: ERRORS,
        kind: 'rate_limited',
        answers: [rateLimited],
        expected: { code: 'rate_limited' },
      },
      {
        name: 'a validation error',
        source: ERRORS,
        kind: 'refusal',
        answers: [invalid],
        expected: { code: 'rejected', providerMessage: 'Validation failed; .reason should be string' },
      },
      {
        name: 'a 500',
        source: ERRORS,
        kind: 'server_error',
        answers: [serverError],
        expected: { code: 'outcome_unknown', reason: 'server_error' },
      },
    ],
    findFixtures: [
      {
        name: 'the contracts of two customers',
        source: 'mittwald API client, GET /v2/customers; mittwald API description, GET …/contracts',
        query: 'proSpace',
        answers: [
          {
            status: 200,
            body: [
              { customerId: 'customer-1', name: 'Jane Doe' },
              { customerId: 'customer-2', name: 'John Doe' },
            ],
          },
          {
            status: 200,
            body: [
              { contractId, contractNumber, baseItem: { itemId: baseItemId, description: 'proSpace S' } },
              {
                contractId: baseItemId,
                contractNumber: 'V4711002',
                baseItem: { itemId: contractItemId, description: 'Mail' },
              },
            ],
          },
          {
            status: 200,
            body: [
              {
                contractId: contractItemId,
                contractNumber: 'V4711003',
                ...cancelled,
                baseItem: { itemId: baseItemId, description: 'proSpace M' },
              },
            ],
          },
        ],
        expected: {
          services: [
            { service: { contractId }, name: 'proSpace S', state: 'unknown', cancellation: { state: 'none' } },
            {
              service: { contractId: contractItemId },
              name: 'proSpace M',
              endsOn: scheduledAt,
              cancellation: { state: 'scheduled', effectiveAt: scheduledAt },
            },
          ],
        },
      },
      {
        name: 'a list after too many requests',
        source: ERRORS,
        query: 'proSpace',
        answers: [rateLimited],
        expected: { code: 'rate_limited' },
      },
    ],
    statusFixtures: [
      { name: 'no termination', source: READ, answers: [shown({})], expected: { state: 'none', revocable: false } },
      {
        name: 'a termination',
        source: READ,
        answers: [shown(cancelled)],
        expected: {
          state: 'scheduled',
          effectiveAt: scheduledAt,
          requestedAt: '2096-11-02T09:14:33.210Z',
          reason: 'Project ended',
          revocable: true,
        },
      },
      {
        name: 'one that cannot be undone',
        source: READ,
        answers: [shown({ termination: termination({ cancellationForbidden: true }) })],
        expected: { state: 'scheduled', revocable: false },
      },
      { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
    ],
    optionsFixtures: [
      {
        name: 'the next possible date',
        source: READ,
        answers: [shown({})],
        expected: {
          timings: [
            { timing: 'earliest', effectiveAt: scheduledAt },
            { timing: 'on_date', from: '2097-03-31' },
          ],
        },
      },
      { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
    ],
    revokeFixtures: [
      { name: 'isCancelled: true', source: UNDO, answers: [undone(true)], expected: { outcome: 'revoked' } },
      {
        name: 'a 412',
        source: UNDO,
        answers: [errorAnswer(412, 'PreconditionFailed', 'No.')],
        expected: { code: 'rejected' },
      },
    ],
  };
}
