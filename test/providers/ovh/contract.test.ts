import type { ConformanceAnswer } from 'cancelkit/conformance';
import { ovh } from 'cancelkit/ovh';
import { contractTests, type ContractSubject } from '../../openapi/contract-tests.ts';
import type { Answered } from '../../openapi/problems.ts';
import { both, done, keys, mailed, pending, serviceId, serviceName, shown, time } from './fixtures.ts';

const dedicatedName = 'ns3141592.ip-203-0-113.eu';
const ofDedicated = {
  resource: { name: dedicatedName, displayName: 'db-1', state: 'active' },
  route: { path: '/dedicated/server/{serviceName}', url: `/dedicated/server/${dedicatedName}` },
};
const said: ConformanceAnswer = { status: 200, body: { message: 'Done' } };

/** What a service shows in the words of the documentation: its `pendingActions` and its state. */
function lifeOf({ operation, status, body }: Answered): {
  readonly state: unknown;
  readonly pending: readonly unknown[];
} {
  const current: unknown = Object(body)?.billing?.lifecycle?.current;
  const { state, pendingActions }: { state?: unknown; pendingActions?: unknown } = Object(current);
  const isRead = operation === 'GET /services/{serviceId}' && status === 200;
  return isRead && Array.isArray(pendingActions)
    ? { state, pending: pendingActions }
    : { state: undefined, pending: [] };
}
const CANCELLATIONS: readonly unknown[] = [
  'terminateAtExpirationDate',
  'terminateAtEngagementDate',
  'deleteAtExpiration',
];

const common = {
  account: () => ovh(keys),
  secrets: Object.values(keys),
  confirmDetails: { extras: { futureUse: 'NOT_REPLACING_SERVICE' } },
  signedWith: ['x-ovh-application', 'x-ovh-consumer', 'x-ovh-timestamp', 'x-ovh-signature'],
  shows: {
    // A policy that is set, or a termination that is confirmed; the response to `terminate` says that an e-mail was
    // sent.
    cancelled: (answer) => {
      const { operation, status, body } = answer;
      if (operation.startsWith('PUT')) return status === 200;
      const { message, errorCode }: { message?: unknown; errorCode?: unknown } = Object(body);
      const isSaid = typeof body === 'string' || (typeof message === 'string' && errorCode === undefined);
      if (/confirm/i.test(operation)) return status === 200 && isSaid;
      const { state, pending: actions } = lifeOf(answer);
      return state === 'terminated' || actions.some((action) => CANCELLATIONS.includes(action));
    },
    active: (answer) => {
      const { state, pending: actions } = lifeOf(answer);
      return typeof state === 'string' && !actions.some((action) => CANCELLATIONS.includes(action));
    },
  },
} as const satisfies Partial<ContractSubject>;

await contractTests({
  ...common,
  descriptions: ['ovh-services.facts', 'ovh-vps', 'ovh-auth.facts'],
  services: [both, { serviceId }, { serviceName, product: 'vps' }],
  values: { serviceId, name: serviceName },
  usual: {
    'GET /auth/time': time,
    'GET /services': { status: 200, body: [serviceId] },
    'GET /services/{serviceId}': { active: shown(), cancelled: pending('terminateAtExpirationDate') },
    'PUT /services/{serviceId}': done,
    'POST /services/{serviceId}/terminate': said,
    'POST /services/{serviceId}/terminate/confirm': said,
    'POST /vps/{serviceName}/terminate': mailed,
    'POST /vps/{serviceName}/confirmTermination': mailed,
  },
  unused: [
    'DELETE /services/{serviceId}',
    'GET /vps',
    'GET /vps/{serviceName}',
    'GET /vps/{serviceName}/serviceInfos',
    'PUT /vps/{serviceName}/serviceInfos',
  ],
});

await contractTests({
  ...common,
  descriptions: ['ovh-services.facts', 'ovh-dedicated', 'ovh-auth.facts'],
  services: [{ serviceId, serviceName: dedicatedName, product: 'dedicated/server' }],
  values: { serviceId, name: dedicatedName },
  usual: {
    'GET /auth/time': time,
    'GET /services': { status: 200, body: [serviceId] },
    'GET /services/{serviceId}': {
      active: shown(ofDedicated),
      cancelled: shown({ ...ofDedicated, current: { pendingActions: ['terminateAtEngagementDate'] } }),
    },
    'PUT /services/{serviceId}': done,
    'POST /dedicated/server/{serviceName}/terminate': mailed,
    'POST /dedicated/server/{serviceName}/confirmTermination': mailed,
  },
  unused: [
    'DELETE /services/{serviceId}',
    'POST /services/{serviceId}/terminate',
    'POST /services/{serviceId}/terminate/confirm',
    'GET /dedicated/server',
    'GET /dedicated/server/{serviceName}',
    'GET /dedicated/server/{serviceName}/serviceInfos',
    'PUT /dedicated/server/{serviceName}/serviceInfos',
  ],
});
