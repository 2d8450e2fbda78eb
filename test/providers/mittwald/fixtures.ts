import type { ConformanceAnswer } from 'cancelkit/conformance';
import type { JsonValue } from 'cancelkit/provider';

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

/** The answer of `GET /v2/contracts/{contractId}`. */
export function shownContract(fields: Fields = {}, baseItem: Fields = {}): ConformanceAnswer {
  const known = { contractId, contractNumber, customerId: 'c-1', baseItem: item(baseItemId, baseItem) };
  return { status: 200, body: { ...known, additionalItems: [item(contractItemId, {})], ...fields } };
}

/** The answer of `GET /v2/contracts/{contractId}/items/{contractItemId}`. */
export function shownItem(fields: Fields = {}): ConformanceAnswer {
  return { status: 200, body: item(contractItemId, fields) };
}

/** The answer of `POST /v2/contracts/{contractId}/termination`. */
export function accepted(fields: Fields = {}): ConformanceAnswer {
  const body = { contractId, itemsScheduledForTermination: [baseItemId, contractItemId], reason: 'Project ended' };
  return { status: 201, body: { ...body, terminationTargetDate: next, ...fields } };
}

/** The answer of `POST …/items/{contractItemId}/termination`. */
export function acceptedItem(fields: Fields = {}): ConformanceAnswer {
  return { status: 201, body: { contractId, contractItemId, terminationTargetDate: next, ...fields } };
}

/** The answer of `DELETE …/termination`. */
export function undone(isCancelled: boolean): ConformanceAnswer {
  return { status: 200, body: { contractId, isCancelled } };
}

/** An error in the API's form. */
export function errorAnswer(status: number, type: string, message: string, fields: Fields = {}): ConformanceAnswer {
  return { status, body: { type, message, ...fields } };
}
