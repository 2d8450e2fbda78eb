import { contabo } from 'cancelkit/contabo';
import { contractTests } from '../../openapi/contract-tests.ts';
import type { Answered } from '../../openapi/problems.ts';
import { accepted, credentials, granted, instanceId, shown, shownCancelled } from './fixtures.ts';

const LOGIN = 'POST /auth/realms/contabo/protocol/openid-connect/token';
const INSTANCE = '/v1/compute/instances/{instanceId}';
const token = 'eyJhbGciOi.granted~token_0123456789';

/** The date that a response shows of the instance; `undefined` if it shows no such instance, or no field. */
function dateIn({ body }: Answered): unknown {
  const { data }: { data?: unknown } = Object(body);
  const first: { instanceId?: unknown; cancelDate?: unknown } = Object(Array.isArray(data) ? data[0] : undefined);
  return first.instanceId === instanceId ? first.cancelDate : undefined;
}

const isDay = (date: unknown): boolean => typeof date === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(date);

await contractTests({
  descriptions: ['contabo.facts', 'contabo-login.facts'],
  account: () => contabo(credentials),
  secrets: [credentials.clientSecret, credentials.password],
  tokens: [token, `${token}.refresh`],
  services: [{ instanceId }],
  values: { instanceId },
  usual: {
    [LOGIN]: granted(token),
    [`GET ${INSTANCE}`]: { active: shown(), cancelled: shownCancelled },
    [`POST ${INSTANCE}/cancel`]: accepted(),
    'GET /v1/compute/instances': { status: 200, body: { data: [], _pagination: {}, _links: {} } },
  },
  shows: {
    // `cancelDate` is "the date on which the instance will be cancelled"; it is a day, or empty.
    cancelled: (answer) => answer.status === (answer.operation.startsWith('POST') ? 201 : 200) && isDay(dateIn(answer)),
    active: (answer) => answer.operation.startsWith('GET') && answer.status === 200 && dateIn(answer) === '',
    reads: [LOGIN],
  },
  unused: [],
});
