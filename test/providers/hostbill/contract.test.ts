import { hostbill } from 'cancelkit/hostbill';
import { contractTests } from '../../openapi/contract-tests.ts';
import type { Answered } from '../../openapi/problems.ts';
import { accepted, WAYS, serviceId, shown } from './fixtures.ts';

const obtained = 'eyJhbGciOiJSUzI1NiJ9.Q1ntr4ct.sIgN4tur3';
const refresh = 'r3fr3sh-0f-th3-c0ntract';
const baseUrl = 'https://billing.example.com';
const usual = {
  'POST /service/{id}/cancel': accepted,
  'GET /service/{id}': { active: shown('Active'), cancelled: shown('Terminated') },
  'GET /service': {
    status: 200,
    body: { services: [{ id: serviceId, domain: 'web1.example.com', status: 'Active' }] },
  },
} as const;
const unused = ['GET /service/{id}/methods', 'POST /token'];

/** A cancellation that is stored or was stored before says so in `info`; a service that is over, in its status. */
function showsCancelled({ operation, status, body }: Answered): boolean {
  if (status !== 200) return false;
  const { info, service, data }: { info?: unknown; service?: unknown; data?: unknown } = Object(body);
  const { service: inner }: { service?: unknown } = Object(data);
  const { status: ofService }: { status?: unknown } = Object(service ?? inner);
  if (operation.startsWith('GET')) return ofService === 'Terminated' || ofService === 'Cancelled';
  return Array.isArray(info) && ['cancell_sent', 'cancelled_already'].some((word) => info.includes(word));
}

const shared = {
  descriptions: ['hostbill-client.facts'],
  services: [{ serviceId }],
  values: { id: serviceId },
  // No response says that a service is not cancelled.
  shows: { cancelled: showsCancelled, active: () => false, reads: ['POST /login'] },
};

for (const way of ['basic', 'token'] as const) {
  const { config, secrets } = WAYS[way];
  await contractTests({
    ...shared,
    account: () => hostbill(config(baseUrl)),
    secrets,
    usual,
    unused: [...unused, 'POST /login'],
  });
}

const { config, secrets } = WAYS.login;
await contractTests({
  ...shared,
  account: () => hostbill(config(baseUrl)),
  secrets: [...secrets, obtained, refresh],
  usual: { ...usual, 'POST /login': { status: 200, body: { token: obtained, refresh } } },
  unused,
});
