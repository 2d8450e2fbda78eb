import { Hono } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { routesAbout } from '../../src/sandbox/kit/routes.ts';
import type { HostbillSandboxService, HostbillState } from './emulator-state.ts';

/** How the emulated portal answers where hosts differ, or the documentation leaves it open. */
export interface HostbillOptions {
  /**
   * Fields at the top (Time4VPS), or below `data` beside empty lists `error` and `info` (Togglebox). Default `bare`.
   */
  readonly answers: 'bare' | 'wrapped';
  /** What stands in `info` once a cancellation is stored. Default `cancell_sent`. */
  readonly acceptedText: string;
  /** A second cancellation is answered in `info`, refused in the host's language, or stored again. Default `noted`. */
  readonly repeatedCancel: 'noted' | 'refused' | 'accepted';
  /** The status of errors other than those of a login. Default 200. */
  readonly errorStatus: 200 | 400;
  /** The status of an unknown service. Default 200, with a text in the host's language. */
  readonly unknownServiceStatus: 200 | 404;
  /** The status of a refused login. Default 200. */
  readonly loginStatus: 200 | 401;
}

/** With what the portal is entered. */
export interface HostbillCredentials {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** The HTTP side of the emulated portal, below `/api`. */
export function createHostbillRoutes(
  state: HostbillState,
  clock: EmulatorClock,
  options: () => Readonly<HostbillOptions>,
  { email, password, token }: HostbillCredentials,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono().basePath('/api');
  const sessions = new Map<string, number>();
  const basic = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`;

  const answer = (fields: object, info: readonly string[] = []): Response => {
    if (options().answers === 'wrapped') return json(200, { data: fields, error: [], info });
    return json(200, info.length === 0 ? fields : { ...fields, info });
  };
  const refuse = (text: string, status: number = options().errorStatus): Response => json(status, { error: [text] });

  app.post('/login', async ({ req }) => {
    const body = await readJsonObject(req.raw);
    if (body?.['username'] !== email || body['password'] !== password) {
      return refuse('wronglogin', options().loginStatus);
    }
    const session = `eyJhbGciOiJSUzI1NiJ9.sandbox${sessions.size + 1}.c2lnbmF0dXJl`;
    sessions.set(session, clock.now().getTime() + SESSION_MS);
    return json(200, { token: session, refresh: `refresh-${session.length}-${sessions.size}-sandbox` });
  });
  app.use(async ({ req }, next) => {
    const sent = req.header('authorization') ?? '';
    const session = sessions.get(sent.replace(/^Bearer /, ''));
    if (sent === basic || sent === `Bearer ${token}`) return next();
    if (session !== undefined) return clock.now().getTime() < session ? next() : refuse('token expired', 401);
    return refuse('wronglogin', options().loginStatus);
  });

  app.get('/service', () => answer({ services: [...state.services.values()].map(summaryOf) }));
  const on = routesAbout(
    app,
    ({ req }) => state.services.get(Number(req.param('id'))),
    () => refuse('Podana usługa nie istnieje', options().unknownServiceStatus),
  );
  on('GET', '/service/:id', (service) => answer({ service: detailsOf(service) }));
  on('POST', '/service/:id/cancel', async (service, { req }) => {
    const { immediate = false, reason } = (await readJsonObject(req.raw)) ?? {};
    if (typeof reason !== 'string' || reason.trim() === '') return refuse('Podaj powód rezygnacji');
    if (typeof immediate !== 'boolean') return refuse('Nieprawidłowa wartość: immediate');
    if (service.status === 'Terminated' || service.status === 'Cancelled') return refuse('Usługa jest nieaktywna');
    if (service.cancellation !== null && options().repeatedCancel === 'refused') return refuse('Już zgłoszono');
    if (service.cancellation !== null && options().repeatedCancel === 'noted') {
      return answer({}, ['cancelled_already']);
    }
    state.cancel(service, immediate, reason);
    return answer({}, [options().acceptedText]);
  });
  app.notFound(() => new Response('<html><body>404</body></html>', { status: 404, headers: HTML }));
  return (request) => app.fetch(request);
}

const SESSION_MS = 30 * 60_000;
const HTML = { 'content-type': 'text/html' };

function summaryOf({ serviceId, status, nextDue }: HostbillSandboxService): object {
  return { id: String(serviceId), domain: `vps${serviceId}.example.com`, status, next_due: nextDue };
}

/** A portal may show how the machine is entered. */
function detailsOf(service: HostbillSandboxService): object {
  const machine = { username: 'root', password: 'machine-password-6041' };
  return { ...summaryOf(service), date_created: '2021-05-02', billingcycle: 'Monthly', total: '12.40', ...machine };
}
