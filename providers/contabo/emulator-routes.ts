import { Hono } from 'hono';
import { json, parseJsonObject, readForm } from '../../src/sandbox/kit/bodies.ts';
import { parseInstant } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { routesAbout } from '../../src/sandbox/kit/routes.ts';
import type { ContaboInstance, ContaboState } from './emulator-state.ts';

/** How the emulated Contabo answers where the documentation leaves it open. */
export interface ContaboOptions {
  /** A second cancellation is a 409, or takes the place of the first. Default `refused`. */
  readonly repeatedCancel: 'refused' | 'replaced';
  /** How an instance without a cancellation shows its date. Default `empty` (`""`). */
  readonly noDate: 'empty' | 'null';
  /** A cancellation without a body, as the vendor's clients send it, is taken, or is a 400. Default `accepted`. */
  readonly missingBody: 'accepted' | 'refused';
  /** An instance that has ended is a 404, or is still shown. Default `gone`. */
  readonly endedInstance: 'gone' | 'listed';
  /** Where the instant of a request becomes the day of the response. Default `UTC`. */
  readonly timeZone: 'UTC' | 'Europe/Berlin' | 'America/Los_Angeles' | 'Asia/Tokyo';
}

/** The login that the emulated Contabo accepts. */
export const contaboSandboxLogin = {
  clientId: 'INT-sandbox-2041',
  clientSecret: 'sandboxClientSecret0123456789',
  username: 'sandbox@example.com',
  password: 'sandbox pass&word+=%ü',
} as const;

/** The HTTP side of the emulated Contabo: the login and the API at one address. */
export interface ContaboRoutes {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly expireTokens: () => void;
}

/** Makes the HTTP side. */
export function createContaboRoutes(
  { instances, cancel }: ContaboState,
  clock: EmulatorClock,
  options: () => Readonly<ContaboOptions>,
): ContaboRoutes {
  const login = contaboSandboxLogin;
  /** Each token with the time at which it ends. */
  const tokens = new Map<string, number>();
  let granted = 0;
  const app = new Hono();

  app.post('/auth/realms/contabo/protocol/openid-connect/token', async ({ req }) => {
    const form = await readForm(req.raw);
    if (form.get('grant_type') !== 'password') return oauthError(400, 'unsupported_grant_type', 'not this one');
    if (form.get('client_id') !== login.clientId || form.get('client_secret') !== login.clientSecret) {
      return oauthError(401, 'invalid_client', 'who is this client?');
    }
    if (form.get('username') !== login.username || form.get('password') !== login.password) {
      return oauthError(401, 'invalid_grant', 'who is this user?');
    }
    granted += 1;
    const token = `sandbox.granted-${granted}.9f8e7d6c5b4a39281706`;
    tokens.set(token, clock.now().getTime() + LIFETIME_S * 1000);
    const access = { access_token: token, expires_in: LIFETIME_S, token_type: 'Bearer', scope: 'profile email' };
    return json(200, {
      ...access,
      refresh_token: `sandbox.refreshed-${granted}.0a1b2c3d4e5f`,
      refresh_expires_in: 1800,
    });
  });

  app.use('/v1/*', async ({ req }, next) => {
    const [, token = ''] = /^Bearer (.+)$/.exec(req.header('authorization') ?? '') ?? [];
    if ((tokens.get(token) ?? 0) <= clock.now().getTime()) return contaboError(401, 'who are you?');
    if (!UUID_V4.test(req.header('x-request-id') ?? '')) return contaboError(400, 'x-request-id is no UUID');
    return next();
  });

  const on = routesAbout(
    app,
    ({ req }) => {
      const instance = instances.get(Number(req.param('instanceId')));
      return instance?.ended === true && options().endedInstance === 'gone' ? undefined : instance;
    },
    () => contaboError(404, 'nothing here'),
  );
  const shown = ({ instanceId, cancelDate }: ContaboInstance): object => ({
    ...CUSTOMER,
    instanceId,
    name: `vmi${instanceId}`,
    status: 'running',
    productType: 'ssd',
    cancelDate: cancelDate === '' && options().noDate === 'null' ? null : cancelDate,
  });
  const answer = (status: number, path: string, ...data: readonly object[]): Response =>
    json(status, { data, _links: { self: path } });

  app.get('/v1/compute/instances', ({ req }) => {
    const size = Number(req.query('size') ?? 10);
    const page = Number(req.query('page') ?? 1);
    const all = [...instances.values()];
    const _pagination = { size, totalElements: all.length, totalPages: Math.ceil(all.length / size), page };
    return json(200, {
      data: all.slice((page - 1) * size, page * size).map(shown),
      _pagination,
      _links: { self: req.path },
    });
  });

  on('GET', '/v1/compute/instances/:instanceId', (instance, { req }) => answer(200, req.path, shown(instance)));

  on('POST', '/v1/compute/instances/:instanceId/cancel', async (instance, { req }) => {
    const text = await req.text();
    const isMissing = text === '' && options().missingBody === 'accepted';
    const body = isMissing ? {} : parseJsonObject(text);
    if (body === undefined) return contaboError(400, 'the body is no object');
    const asked = parseInstant(body['cancelDate']);
    if (body['cancelDate'] !== undefined && asked === undefined) {
      return contaboError(400, 'cancelDate is no date-time');
    }
    if (instance.cancelDate !== '' && options().repeatedCancel === 'refused') {
      return contaboError(409, 'seen before');
    }
    const day = asked === undefined ? instance.earliest : dayOf(asked, options().timeZone);
    if (day < instance.earliest) return contaboError(400, 'cancelDate is too soon');
    cancel(instance, day);
    return answer(201, req.path, { ...CUSTOMER, instanceId: instance.instanceId, cancelDate: day });
  });

  app.notFound(() => contaboError(404, 'nothing is served here'));
  return { fetch: (request) => app.fetch(request), expireTokens: () => tokens.clear() };
}

/** An error of the API. Its form is not documented. */
export function contaboError(status: number, message: string): Response {
  return json(status, { statusCode: status, message });
}

function oauthError(status: number, error: string, description: string): Response {
  return json(status, { error, error_description: description });
}

const LIFETIME_S = 300;
const CUSTOMER = { tenantId: 'INT', customerId: '2041' };
const UUID_V4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;

/** The calendar day of an instant somewhere on earth, as `2026-12-31`. */
function dayOf(instant: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    instant,
  );
}
