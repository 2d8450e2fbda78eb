import { mittwald } from 'cancelkit/mittwald';
import { contractTests } from '../../openapi/contract-tests.ts';
import {
  accepted,
  acceptedItem,
  contractId,
  contractItemId,
  shownContract,
  shownItem,
  termination,
  token,
  undone,
} from './fixtures.ts';

const CONTRACT = '/v2/contracts/{contractId}';
const ITEM = `${CONTRACT}/items/{contractItemId}`;
const cancelled = { termination: termination() };

await contractTests({
  descriptions: ['mittwald', 'mittwald-customers.facts'],
  account: () => mittwald({ token }),
  secrets: [token],
  services: [{ contractId }, { contractId, contractItemId }],
  values: { contractId, contractItemId, itemId: contractItemId },
  usual: {
    [`GET ${CONTRACT}`]: { active: shownContract(), cancelled: shownContract(cancelled) },
    [`GET ${ITEM}`]: { active: shownItem(), cancelled: shownItem(cancelled) },
    [`POST ${CONTRACT}/termination`]: accepted(),
    [`POST ${ITEM}/termination`]: acceptedItem(),
    [`DELETE ${CONTRACT}/termination`]: undone(true),
    [`DELETE ${ITEM}/termination`]: undone(true),
    'GET /v2/customers': {
      status: 200,
      body: [{ customerId: '13eac206-ada6-4ac8-a4c0-21b263df6cbf', name: 'Jane Doe' }],
    },
    'GET /v2/customers/{customerId}/contracts': { status: 200, body: [] },
  },
  shows: {
    // A 201 says "the date on which the Termination will take place"; a read shows a stored `termination`.
    cancelled: ({ operation, status, body }) =>
      operation.startsWith('POST') ? status === 201 : status === 200 && 'termination' in Object(body),
    active: ({ operation, status, body }) =>
      operation.startsWith('GET') && status === 200 && !('termination' in Object(body)),
  },
  unused: ['GET /v2/contracts/{contractId}/items/{contractItemId}/next-termination-dates', 'POST /v2/authenticate'],
});
