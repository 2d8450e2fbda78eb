import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import { withOffset } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { routesAbout } from '../../src/sandbox/kit/routes.ts';
import type { OvhEmulatedService, OvhState } from './emulator-state.ts';

/** How the emulated OVHcloud answers where the documentation leaves it open. */
export interface OvhOptions {
  /** How a response without content looks: `null`, or no body. Default `null`. */
  readonly noContent: 'null' | 'empty';
  /** What a termination of a service that is over is answered with. Default `460`. */
  readonly terminationOfEnded: 460 | 404;
  /** A service that is over is still shown, or is a 404 and in no list. Default `shown`. */
  readonly endedService: 'shown' | 'gone';
  /** A termination that waits for its token is shown as pending, or not. Default `hidden`. */
  readonly unconfirmedTermination: 'hidden' | 'shown';
  /** An undo withdraws, or is answered with 200 and withdraws nothing. Default `works`. */
  readonly undo: 'works' | 'ignored';
  /** How many seconds the API's clock is ahead of this machine's. Default 4111. */
  readonly clockAheadS: number;
}

/** The credentials that the emulated OVHcloud accepts. */
export interface OvhCredentials {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
}

type Service = NonNullable<ReturnType<OvhState['services']['get']>>;

/** The HTTP side of the emulated OVHcloud. */
export function createOvhRoutes(
  state: OvhState,
  clock: EmulatorClock,
  options: () => Readonly<OvhOptions>,
  credentials: OvhCredentials,
): (request: Request) => Response | Promise<Response> {
  // The clock of signatures is not the sandbox's, which stands still and is moved by months.
  const secondsNow = (): number => Math.floor(Date.now() / 1000) + options().clockAheadS;
  const listed = (): readonly Service[] =>
    [...state.services.values()].filter(({ ended }) => !ended || options().endedService === 'shown');
  const nothing = (): Response => (options().noContent === 'null' ? json(200, null) : new Response(null));
  let queries = 0;

  const app = new Hono().basePath('/1.0');
  app.use(async (context, next) => {
    await next();
    queries += 1;
    context.header('x-ovh-queryid', `SBX.emulated-${queries}`);
  });
  app.get('/auth/time', () => json(200, secondsNow()));
  app.use(async ({ req }, next) => {
    const refusal = await signatureFault(req.raw.clone(), credentials, secondsNow());
    return refusal ?? next();
  });

  app.get('/services', ({ req }) => {
    const { resourceName, routes } = req.query();
    const wanted = routes?.split(',').map((route) => route.replace(/^\//, ''));
    const found = listed().filter(
      ({ serviceName, product }) =>
        (resourceName === undefined || serviceName === resourceName) &&
        (wanted === undefined || wanted.includes(product)),
    );
    return json(
      200,
      found.map(({ serviceId }) => serviceId),
    );
  });

  const onId = routesAbout(
    app,
    ({ req }) => listed().find(({ serviceId }) => serviceId === Number(req.param('serviceId'))),
    unknownService,
  );

  const terminate =
    (sent: unknown) =>
    (service: Service): Response => {
      const status = options().terminationOfEnded;
      if (service.ended) return ovhError(status, 'NOTHING_LEFT', 'there is nothing left to end here');
      state.mail(service);
      return json(200, sent);
    };
  const confirm =
    (names: readonly string[], done: unknown) =>
    async (service: Service, { req }: Context): Promise<Response> => {
      const body = await readJsonObject(req.raw);
      const unknown = Object.keys(body ?? {}).find((name) => !names.includes(name));
      const wrong = Object.entries(ENUMS).find(
        ([name, values]) => ![undefined, ...values].includes(textIn(body, name)),
      );
      if (body === undefined || unknown !== undefined || wrong !== undefined) {
        return ovhError(400, 'BAD_PARAMETER', `cannot take ${unknown ?? wrong?.[0] ?? 'this body'}`);
      }
      if (service.mailedToken === undefined || body['token'] !== service.mailedToken) {
        return ovhError(403, 'WRONG_TOKEN', 'that is not the token of the mail');
      }
      service.mailedToken = undefined;
      const said = [textIn(body, 'reason'), textIn(body, 'futureUse'), textIn(body, 'commentary')];
      state.plan(service, 'terminate', said.filter((part) => part !== undefined).join('; ') || undefined);
      return json(200, done);
    };

  onId('GET', '/services/:serviceId', (service) => json(200, serviceJson(service, options(), clock.now())));
  onId('PUT', '/services/:serviceId', async (service, { req }) => {
    const policy = (await readJsonObject(req.raw))?.['terminationPolicy'];
    if (policy === 'empty') {
      if (options().undo === 'works' && service.pendingAction !== 'terminate') state.plan(service, undefined);
      return nothing();
    }
    if (policy !== 'terminateAtExpirationDate' && policy !== 'terminateAtEngagementDate') {
      return ovhError(400, 'BAD_PARAMETER', 'no such policy');
    }
    if (service.ended) return ovhError(460, 'NOTHING_LEFT', 'there is nothing left to end here');
    if (policy === 'terminateAtEngagementDate' && service.engagementEnd === undefined) {
      return ovhError(400, 'NO_COMMITMENT', 'there is no commitment');
    }
    state.plan(service, policy);
    return nothing();
  });
  onId('POST', '/services/:serviceId/terminate', terminate({ message: 'a mail is on its way' }));
  onId('POST', '/services/:serviceId/terminate/confirm', confirm(['token'], { message: 'so be it' }));
  const fields = ['token', 'reason', 'commentary', 'futureUse'];
  for (const product of ['vps', 'dedicated/server']) {
    const onName = routesAbout(
      app,
      ({ req }) => listed().find((one) => one.product === product && one.serviceName === req.param('serviceName')),
      unknownService,
    );
    const path = `/${product}/:serviceName`;
    onName('POST', `${path}/terminate`, terminate('a mail is on its way'));
    onName('POST', `${path}/confirmTermination`, confirm(fields, 'so be it'));
  }

  app.notFound(() => ovhError(404, 'NO_ROUTE', 'nothing is served here'));
  return (request) => app.fetch(request);
}

const ENUMS = {
  reason: (
    'FEATURES_DONT_SUIT_ME LACK_OF_PERFORMANCES MIGRATED_TO_ANOTHER_OVH_PRODUCT MIGRATED_TO_COMPETITOR ' +
    'NOT_ENOUGH_RECOGNITION NOT_NEEDED_ANYMORE NOT_RELIABLE NO_ANSWER OTHER PRODUCT_DIMENSION_DONT_SUIT_ME ' +
    'PRODUCT_TOOLS_DONT_SUIT_ME TOO_EXPENSIVE TOO_HARD_TO_USE UNSATIFIED_BY_CUSTOMER_SUPPORT'
  ).split(' '),
  futureUse: (
    'NOT_REPLACING_SERVICE OTHER SUBSCRIBE_AN_OTHER_SERVICE SUBSCRIBE_OTHER_KIND_OF_SERVICE_WITH_COMPETITOR ' +
    'SUBSCRIBE_SIMILAR_SERVICE_WITH_COMPETITOR'
  ).split(' '),
};

// How far a signature's time may be off is not documented.
const TOLERANCE_S = 60;

async function signatureFault(
  request: Request,
  { applicationKey, applicationSecret, consumerKey }: OvhCredentials,
  now: number,
): Promise<Response | undefined> {
  const [application, consumer, time, signature] = ['application', 'consumer', 'timestamp', 'signature'].map(
    (name) => request.headers.get(`x-ovh-${name}`) ?? '',
  );
  if (application !== applicationKey) return ovhError(403, 'INVALID_KEY', 'who is this application');
  if (consumer !== consumerKey) return ovhError(403, 'INVALID_CREDENTIAL', 'who is this consumer');
  if (Math.abs(Number(time) - now) > TOLERANCE_S) return ovhError(400, 'TIME_IS_OFF', 'look at your watch');
  const signed = [applicationSecret, consumerKey, request.method, request.url, await request.text(), time].join('+');
  const right = `$1$${createHash('sha1').update(signed).digest('hex')}`;
  return signature === right ? undefined : ovhError(400, 'INVALID_SIGNATURE', 'signed by somebody else');
}

/** An error in the API's form. */
export function ovhError(status: number, errorCode: string, message: string): Response {
  return json(status, { class: `Sandbox::${errorCode}`, message, errorCode, httpCode: `${status} Emulated` });
}

function unknownService(): Response {
  return ovhError(404, 'NO_SUCH_THING', 'the sandbox holds no such service');
}

function textIn(body: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const value = body?.[name];
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function serviceJson(service: OvhEmulatedService, { unconfirmedTermination }: OvhOptions, now: Date): object {
  const { serviceId, serviceName, product, ended, engagementEnd, cancellation, mailedToken } = service;
  const waits = unconfirmedTermination === 'shown' && mailedToken !== undefined ? 'terminate' : undefined;
  const pending = service.pendingAction ?? waits;
  const free = [
    'terminate',
    'terminateAtExpirationDate',
    ...(engagementEnd === undefined ? [] : ['terminateAtEngagementDate']),
  ];
  const isFree = !ended && service.pendingAction === undefined;
  const end = ended ? (cancellation?.effectiveAt ?? now) : cancellation?.target;
  return {
    serviceId,
    parentServiceId: null,
    resource: { name: serviceName, displayName: 'sandbox', state: ended ? 'deleted' : 'active' },
    route: { path: `/${product}/{serviceName}`, url: `/${product}/${serviceName}` },
    billing: {
      expirationDate: withOffset(service.expiration),
      nextBillingDate: isFree ? withOffset(service.expiration) : null,
      engagement: engagementEnd === undefined ? null : { endDate: engagementEnd.toISOString().slice(0, 10) },
      lifecycle: {
        capacities: { actions: ['earlyRenewal', ...(isFree ? free : [])] },
        current: {
          state: ended ? 'terminated' : 'active',
          pendingActions: pending === undefined ? [] : [pending],
          terminationDate: end === undefined ? null : withOffset(end),
          creationDate: '2024-01-01T00:00:00+00:00',
        },
      },
    },
  };
}
