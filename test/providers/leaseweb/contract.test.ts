import type { Timing } from 'cancelkit';
import { leaseweb } from 'cancelkit/leaseweb';
import { contractTests } from '../../openapi/contract-tests.ts';
import type { Shown } from '../../openapi/problems.ts';
import {
  apiKey,
  cancelledService,
  committed,
  done,
  hourly,
  instanceId,
  reasons,
  serviceId,
  shownInstance,
  shownService,
  terminated,
} from './fixtures.ts';

const account = (): ReturnType<typeof leaseweb> => leaseweb({ apiKey });
const secrets = [apiKey];

const SERVICE = '/services/{id}';
const REASONS = 'GET /services/cancellationReasons';
const INSTANCE = '/instances/{instanceId}';

/** A field of a body, at any depth of objects. */
const at = (body: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => Object(value)[name], body);

/** Services API: a 204 of `cancel`; a read shows by its two flags what can be done next. */
const serviceShows: Shown = {
  cancelled: ({ operation, status, body }) =>
    operation === `POST ${SERVICE}/cancel`
      ? status === 204
      : operation === `GET ${SERVICE}` && status === 200 && at(body, 'uncancellable') === true,
  active: ({ operation, status, body }) =>
    operation === `GET ${SERVICE}` &&
    status === 200 &&
    at(body, 'cancellable') === true &&
    at(body, 'uncancellable') !== true,
};

await contractTests({
  // A search reads both lists.
  descriptions: ['leaseweb-services.facts', 'leaseweb-public-cloud'],
  account,
  secrets,
  services: [{ serviceId }],
  values: { id: serviceId },
  timings: ['end_of_term'],
  details: { reason: { providerCode: 'CANCEL_NO_NEED', text: 'Project ended' } },
  usual: {
    [`GET ${SERVICE}`]: { active: shownService(), cancelled: cancelledService },
    'GET /services': {
      status: 200,
      body: {
        services: [{ id: serviceId, reference: 'web-1', status: 'ACTIVE', cancellable: true }],
        metadata: { limit: 50, offset: 0, totalCount: 1 },
      },
    },
    'GET /instances': { status: 200, body: { instances: [], _metadata: { limit: 50, offset: 0, totalCount: 0 } } },
    [REASONS]: reasons,
    [`POST ${SERVICE}/cancel`]: done,
    [`POST ${SERVICE}/uncancel`]: done,
  },
  shows: serviceShows,
  unused: [`GET ${INSTANCE}`, `DELETE ${INSTANCE}`, `POST ${INSTANCE}/cancelTermination`],
});

/** Public Cloud: a 200 of the DELETE; a read shows `contract.state`, and the state of what is destroyed. */
const instanceShows: Shown = {
  cancelled: ({ operation, status, body }) =>
    status === 200 &&
    (operation === `DELETE ${INSTANCE}` ||
      (operation === `GET ${INSTANCE}` &&
        (at(body, 'contract', 'state') === 'DELETE_SCHEDULED' ||
          ['DESTROYING', 'DESTROYED'].includes(String(at(body, 'state')))))),
  active: ({ operation, status, body }) =>
    operation === `GET ${INSTANCE}` && status === 200 && at(body, 'contract', 'state') === 'ACTIVE',
};

const contracts: readonly (readonly [Timing, Parameters<typeof shownInstance>[0]])[] = [
  ['immediate', hourly],
  ['end_of_period', {}],
  ['end_of_term', committed],
];

for (const [timing, contract] of contracts) {
  await contractTests({
    descriptions: ['leaseweb-public-cloud', 'leaseweb-services.facts'],
    account,
    secrets,
    services: [{ instanceId }],
    values: { id: instanceId },
    timings: [timing],
    usual: {
      'GET /services': {
        status: 200,
        body: {
          services: [{ id: serviceId, reference: 'web-1', status: 'ACTIVE', cancellable: true }],
          metadata: { limit: 50, offset: 0, totalCount: 1 },
        },
      },
      'GET /instances': {
        status: 200,
        body: {
          instances: [{ id: instanceId, reference: 'web-2', state: 'RUNNING' }],
          _metadata: { limit: 50, offset: 0, totalCount: 1 },
        },
      },
      [`GET ${INSTANCE}`]: {
        active: shownInstance(contract),
        // Of an hourly contract no termination can be undone, so it is one that has become monthly.
        cancelled: shownInstance({ ...(contract === hourly ? {} : contract), state: 'DELETE_SCHEDULED' }),
      },
      [`DELETE ${INSTANCE}`]: terminated,
      [`POST ${INSTANCE}/cancelTermination`]: done,
      [REASONS]: reasons,
    },
    shows: instanceShows,
    unused: [`GET ${SERVICE}`, `POST ${SERVICE}/cancel`, `POST ${SERVICE}/uncancel`],
  });
}
